/**
 * A reading: what one look at the world amounts to, before it is made fit for the record.
 *
 * `projection` is what the digest covers: exactly what the expectation looks at, whole and unmasked. Timings, dates and headers are
 * left out, because they would differ between two looks at the same world; what the expectation does look at is never thinned out,
 * because "as before" must not be said of a world that changed.
 */

import {
  type CheckAnswer,
  digestJson,
  type HashFunction,
  type Json,
  visibleLine,
  visibleText,
} from '../../../kernel/index.ts';
import type { WorkerReply } from '../../../loop/verify/index.ts';
import { cutText } from './cut-text.ts';

/** What was seen and what it means. Texts are as they came; nothing of them is fit to be recorded yet. */
export type Reading = {
  readonly answer: CheckAnswer;
  /** One line in our own words; numbers and names of ours only, never a text from the world. */
  readonly detail: string;
  /** Sizes, codes and digests: safe to record always. */
  readonly facts: Readonly<Record<string, Json>>;
  /** Texts from the world, by name. */
  readonly excerpts: Readonly<Record<string, string>>;
  /** What `observedDigest` covers. */
  readonly projection: Json;
};

/** How a reading is made fit for the record. */
export type ReadingManners = {
  readonly hash: HashFunction;
  /** Hides the values of secrets. */
  readonly mask: (text: string) => string;
  /** Whether texts from the world may be recorded: false while nobody has approved what is asked. */
  readonly mayExcerpt: boolean;
};

/** Of all excerpts together, as JSON text; with the facts it stays below the 4 KiB of an observation. */
const MOST_EXCERPT_BYTES = 3072;
const WITHHELD = '(withheld until somebody approves)';

/** A question that could not be put, or an answer that can't be read. */
export function unknownReading(detail: string, facts: Reading['facts'] = {}): Reading {
  return { answer: 'unknown', detail, facts, excerpts: {}, projection: null };
}

/**
 * Makes a reading fit for the record: secrets masked first, then hidden characters made visible, then cut.
 *
 * @returns what the verifier's signer takes; `observed` is at most 4 KiB of canonical JSON as long as the facts are below 1 KiB
 */
export function recordReading(reading: Reading, manners: ReadingManners): WorkerReply {
  const names = Object.keys(reading.excerpts);
  const share = Math.floor(MOST_EXCERPT_BYTES / Math.max(1, names.length));
  const excerpts = names.map((name): [string, Json] => {
    const text = reading.excerpts[name] ?? '';
    return [name, manners.mayExcerpt ? cutText(visibleText(manners.mask(text)), share) : WITHHELD];
  });
  return {
    answer: reading.answer,
    observed: { ...reading.facts, ...Object.fromEntries(excerpts) },
    observedDigest: digestJson(manners.hash, reading.projection),
    detail: visibleLine(manners.mask(reading.detail)),
  };
}
