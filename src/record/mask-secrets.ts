/**
 * Masks secrets in what is about to be recorded, shown or logged (L11): the value itself, and the spellings that tools give it.
 *
 * Values of fewer than four characters are not masked: they stand in every other word, and masking them would destroy the text
 * without hiding them. Whoever declares such a secret must be told; a secret worth the name is longer.
 */

/** What stands in the place of a secret. */
const MASKED = '(sensitive)';

const SHORTEST = 4;
/** A part of a base64 spelling or a line of a longer secret is masked alone only when it is too long to be a common word. */
const SHORTEST_PART = 6;

/**
 * Masks every occurrence of the secrets in a text.
 *
 * Found as they are, percent-encoded, JSON-escaped, in base64 and base64url (also inside a longer encoded value), and, for
 * secrets of several lines, line by line. Overlapping occurrences are masked together.
 *
 * @param text  any text
 * @param secrets  secret values; those of fewer than four characters are ignored
 * @returns the text with `(sensitive)` in the place of each occurrence
 */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  return maskRuns(text, 0, runsIn(text, spellingsOf(secrets)));
}

/** Masks a stream of bytes, chunk by chunk. */
interface StreamMask {
  /** Takes the next bytes; gives back those that are certainly no part of a secret any more. */
  push(chunk: Uint8Array): Uint8Array;
  /** Gives back the rest. */
  end(): Uint8Array;
}

/**
 * Masks a stream as `maskSecrets` masks its whole text, however it is cut into chunks.
 *
 * Works on bytes, so that a cut character or text that is not UTF-8 passes unharmed. Holds back as many bytes as the longest
 * spelling of a secret has.
 */
export function maskingStream(secrets: readonly string[]): StreamMask {
  // In latin1 every byte is one character: positions in the text are positions in the bytes.
  const spellings = spellingsOf(secrets).map((spelling) => Buffer.from(spelling).toString('latin1'));
  const longest = Math.max(1, ...spellings.map((spelling) => spelling.length));
  let held = '';
  let open: Run | undefined;

  function release(keep: number): Uint8Array {
    const cut = Math.max(0, held.length - keep);
    const runs = join([...(open === undefined ? [] : [open]), ...runsIn(held, spellings)]);
    // What an open run masks was written when it began.
    const written = open === undefined ? runs : runs.slice(1);
    const from = open === undefined ? 0 : Math.min(cut, runs[0]?.to ?? 0);
    const released = maskRuns(held.slice(0, cut), from, written);
    // The run goes on in what is held back, or may still be joined by an occurrence that begins right there.
    const last = runs.findLast((run) => run.from < cut || run === runs[0]);
    open = last !== undefined && last.to >= cut && isBegun(last, cut) ? { from: 0, to: last.to - cut } : undefined;
    held = held.slice(cut);
    return Buffer.from(released, 'latin1');
  }

  function isBegun(run: Run, cut: number): boolean {
    return run.from < cut || (open !== undefined && run.from === 0);
  }

  return {
    push: (chunk) => {
      held += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
      return release(longest - 1);
    },
    end: () => release(0),
  };
}

/** Writes a text from a place on, with the mask in the place of each run that begins in it. */
function maskRuns(text: string, start: number, runs: readonly Run[]): string {
  let masked = '';
  let at = start;
  for (const { from, to } of runs) {
    if (from >= text.length) break;
    masked += text.slice(at, from) + MASKED;
    at = to;
  }
  return masked + text.slice(at);
}

/** A stretch of text that is masked as one. */
type Run = { readonly from: number; readonly to: number };

function runsIn(text: string, spellings: readonly string[]): readonly Run[] {
  return join(spellings.flatMap((spelling) => occurrences(text, spelling)));
}

function occurrences(text: string, spelling: string): readonly Run[] {
  const runs: Run[] = [];
  for (let at = text.indexOf(spelling); at >= 0; at = text.indexOf(spelling, at + 1)) {
    runs.push({ from: at, to: at + spelling.length });
  }
  return runs;
}

/** Joins runs that overlap or touch. */
function join(runs: readonly Run[]): readonly Run[] {
  const joined: { from: number; to: number }[] = [];
  for (const { from, to } of [...runs].sort((left, right) => left.from - right.from)) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}

function spellingsOf(secrets: readonly string[]): readonly string[] {
  const spellings = secrets.filter((secret) => secret.length >= SHORTEST).flatMap(spell);
  return [...new Set(spellings)].sort((left, right) => right.length - left.length);
}

function spell(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  const parts = lines.length > 1 ? lines.filter((line) => line.length >= SHORTEST_PART) : [];
  return [secret, ...parts].flatMap((value) => [value, ...encodings(value)]);
}

function encodings(value: string): readonly string[] {
  const percent = encodeURIComponent(value.toWellFormed());
  const json = JSON.stringify(value).slice(1, -1);
  const escaped = json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [percent, percent.replaceAll('%20', '+'), percent.toLowerCase(), json, escaped, ...base64Spellings(value)];
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
