/**
 * Masks secrets in a stream of bytes, wherever the stream is cut (L11).
 *
 * What comes out, put together, depends on what went in and never on how it was cut: a runner that resumes after a crash relies on it.
 */

/** A masker in the middle of a stream. */
export interface StreamMask {
  /** Takes the next bytes and gives back those that can't be part of a secret any more, masked. */
  push(content: Uint8Array): Uint8Array;
  /** Ends the stream and gives back the rest, masked. */
  end(): Uint8Array;
}

const MASK = Buffer.from('(sensitive)').toString('latin1');

/**
 * Starts masking. Overlapping and adjoining secrets become one `(sensitive)`.
 *
 * @param secrets  values in the clear; empty ones are ignored. Each is also found as JSON writes it, and line by line
 */
export function maskStream(secrets: readonly string[]): StreamMask {
  const needles = needlesOf(secrets);
  let state: Held = { text: '', covered: 0, isInside: false };
  const advance = (content: Uint8Array, isLast: boolean): Uint8Array => {
    const text = state.text + Buffer.from(content).toString('latin1');
    const cut = isLast ? text.length : firstOpenEnd(text, needles);
    const step = emit({ ...state, text }, needles, cut);
    state = step.held;
    return new Uint8Array(Buffer.from(step.masked, 'latin1'));
  };
  return { push: (content) => advance(content, false), end: () => advance(new Uint8Array(), true) };
}

/** Masks a whole text at once. */
export function maskText(secrets: readonly string[], text: string): string {
  const mask = maskStream(secrets);
  const masked = [mask.push(Buffer.from(text, 'utf8')), mask.end()];
  return Buffer.concat(masked).toString('utf8');
}

// Bytes as latin1 text: one character per byte, whatever the bytes are. The first `covered` ones belong to a secret that has its
// mask already; `isInside` says that the byte before the text belonged to one.
type Held = { readonly text: string; readonly covered: number; readonly isInside: boolean };

const SHORTEST_LINE = 6;

function needlesOf(secrets: readonly string[]): readonly string[] {
  const forms = secrets.flatMap((secret) => {
    const lines = secret.split(/\r?\n/).filter((line) => line.length >= SHORTEST_LINE);
    return [secret, ...lines].flatMap((form) => [form, jsonForm(form), goJsonForm(form)]);
  });
  const bytes = forms.filter((form) => form !== '').map((form) => Buffer.from(form, 'utf8').toString('latin1'));
  return [...new Set(bytes)];
}

function jsonForm(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

// Go programs, terraform among them, escape these three inside JSON.
function goJsonForm(text: string): string {
  return jsonForm(text).replaceAll('&', '\\u0026').replaceAll('<', '\\u003c').replaceAll('>', '\\u003e');
}

/** Where the earliest tail begins that could grow into a secret; the length of the text when there is none. */
function firstOpenEnd(text: string, needles: readonly string[]): number {
  const longest = Math.max(0, ...needles.map((needle) => needle.length));
  for (let start = Math.max(0, text.length - longest + 1); start < text.length; start += 1) {
    const tail = text.slice(start);
    if (needles.some((needle) => needle.length > tail.length && needle.startsWith(tail))) return start;
  }
  return text.length;
}

function emit(held: Held, needles: readonly string[], cut: number): { readonly masked: string; readonly held: Held } {
  const { text } = held;
  const isCovered = new Uint8Array(text.length).fill(1, 0, held.covered);
  let coveredTo = held.covered;
  for (const span of findAll(text, needles)) {
    isCovered.fill(1, span.from, span.to);
    // Spans that begin later are found again with the rest of the stream.
    if (span.from < cut) coveredTo = Math.max(coveredTo, span.to);
  }
  let masked = '';
  let isInside = held.isInside;
  for (let at = 0; at < cut; ) {
    const next = isCovered.indexOf(isCovered[at] === 1 ? 0 : 1, at);
    const to = next === -1 ? cut : Math.min(next, cut);
    if (isCovered[at] !== 1) masked += text.slice(at, to);
    else if (!isInside) masked += MASK;
    isInside = isCovered[at] === 1;
    at = to;
  }
  return { masked, held: { text: text.slice(cut), covered: Math.max(0, coveredTo - cut), isInside } };
}

type Span = { readonly from: number; readonly to: number };

function findAll(text: string, needles: readonly string[]): readonly Span[] {
  return needles.flatMap((needle) => {
    const found: Span[] = [];
    for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + 1)) {
      found.push({ from: at, to: at + needle.length });
    }
    return found;
  });
}
