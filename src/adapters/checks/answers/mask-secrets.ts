/** Hides the values of secrets wherever a text repeats them, also in the two spellings that programs print them in. */

/** Shorter values would hide half of every text and protect nothing. */
const SHORTEST_SECRET = 4;
const HIDDEN = '(sensitive)';

/**
 * Makes a mask over secret values.
 *
 * @param secrets  values; those shorter than four characters are ignored
 * @returns replaces every occurrence, plain, in base64 and URL-encoded, by `(sensitive)`; longer ones first
 */
export function maskSecrets(secrets: readonly string[]): (text: string) => string {
  const spellings = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => [secret, Buffer.from(secret).toString('base64'), encodeURIComponent(secret)])
    .sort((left, right) => right.length - left.length);
  return (text) => spellings.reduce((masked, spelling) => masked.replaceAll(spelling, HIDDEN), text);
}
