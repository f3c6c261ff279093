/** The spellings that tools give a secret: what has to be looked for where it must not stand (L11). */

/** The shortest value that is looked for, and so the shortest spelling. */
export const SHORTEST = 4;
/** A part of a base64 spelling or a line of a longer secret is looked for alone only when it is too long to be a common word. */
const SHORTEST_PART = 6;

/**
 * Spells secrets as they are, percent-encoded, JSON-escaped (as Go does it too), and in base64 and base64url, alone or inside a longer
 * encoded value; those of several lines also line by line.
 *
 * @param secrets  values; those of fewer than four characters are ignored
 * @returns each spelling once, in no order, none of fewer than four characters
 */
export function spellSecrets(secrets: readonly string[]): readonly string[] {
  return [...new Set(secrets.filter((secret) => secret.length >= SHORTEST).flatMap(spell))];
}

function spell(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  const parts = lines.length > 1 ? lines.filter((line) => line.length >= SHORTEST_PART) : [];
  return [secret, ...parts].flatMap((value) => [value, ...encodings(value)]);
}

function encodings(value: string): readonly string[] {
  const percent = encodeURIComponent(value.toWellFormed());
  const json = JSON.stringify(value).slice(1, -1);
  const escaped = [json, asGoEscapes(json)].flatMap((text) => [text, text.replace(/[\u007f-\uffff]/g, escapeUnit)]);
  return [percent, percent.replaceAll('%20', '+'), percent.toLowerCase(), ...escaped, ...base64Spellings(value)];
}

// Go programs, terraform among them, escape these three inside JSON.
function asGoEscapes(json: string): string {
  return json.replace(/[&<>]/g, escapeUnit);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** What a value looks like in base64 wherever it begins: alone, and one or two bytes into a group of three. */
function base64Spellings(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const inside = [0, 1, 2].flatMap((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replaceAll('=', '');
    // Characters that also carry bits of what stands before or after the value are not its own.
    const first = Math.ceil((shift * 8) / 6);
    const last = Math.floor(((shift + bytes.length) * 8) / 6);
    const own = encoded.slice(first, last);
    return own.length >= SHORTEST_PART ? [own] : [];
  });
  return [bytes.toString('base64'), ...inside].flatMap((text) => [
    text,
    text.replaceAll('+', '-').replaceAll('/', '_'),
  ]);
}
