/**
 * Masks secrets in what is about to be recorded, shown or logged (L11): the value itself, and the spellings that tools give it.
 *
 * Values of fewer than four characters are not masked: they stand in every other word, and masking them would destroy the text
 * without hiding them. Whoever declares such a secret must be told; a secret worth the name is longer.
 */

import { type Finder, finderOf, joinRuns, type Run } from './find-spellings.ts';
import { spellSecrets } from './spell-secret.ts';

/** What stands in the place of a secret. */
const MASKED = '(sensitive)';

/** A mask over the same secrets, for as many texts and streams as there are. */
export type SecretMask = {
  /** Masks a whole text. */
  readonly text: (text: string) => string;
  /** Starts to mask a stream of bytes, as `text` masks the whole of it, however it is cut into chunks. */
  readonly stream: () => StreamMask;
};

/** Masks a stream of bytes, chunk by chunk. */
export interface StreamMask {
  /** Takes the next bytes; gives back those that are certainly no part of a secret any more. */
  push(chunk: Uint8Array): Uint8Array;
  /** Gives back the rest. */
  end(): Uint8Array;
}

/**
 * Makes a mask: `(sensitive)` in the place of each occurrence of a secret in any spelling, overlapping and adjoining ones together.
 *
 * @param secrets  values in the clear; those of fewer than four characters are ignored
 */
export function maskSecrets(secrets: readonly string[]): SecretMask {
  const spellings = spellSecrets(secrets);
  // In latin1 every byte is one character: positions in the text are positions in the bytes.
  const [inText, inBytes] = [
    lazily(() => finderOf(spellings)),
    lazily(() => finderOf(spellings.map((spelling) => Buffer.from(spelling).toString('latin1')))),
  ];
  return {
    text: (text) => maskRuns(text, 0, inText().find(text)),
    stream: () => maskBytes(inBytes()),
  };
}

// With a thousand secrets it takes its time, and few need both.
function lazily<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/**
 * Works on bytes, so that a cut character or text that is not UTF-8 passes unharmed. Holds back only a tail that could become a
 * secret: what comes out, put together, depends on what went in and never on how it was cut. A runner that resumes after a crash
 * relies on it.
 */
function maskBytes(finder: Finder): StreamMask {
  let held = '';
  let open: Run | undefined;

  // Every spelling that begins before the cut is whole in what is held.
  function release(cut: number): Uint8Array {
    const runs = joinRuns([...(open === undefined ? [] : [open]), ...finder.find(held)]);
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
      return release(finder.openFrom(held));
    },
    end: () => release(held.length),
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
