/** Reads what a path holds. */

import type { HashFunction, Sha256Hex } from '../../../kernel/index.ts';
import type { FileQuestion } from '../../../tools/index.ts';
import { type Reading, unknownReading } from './reading.ts';

/** What was found at a path. `thing` is a directory or something else that has no content of its own. */
export type FileSeen =
  | { readonly kind: 'absent' }
  | { readonly kind: 'file'; readonly content: Uint8Array }
  | { readonly kind: 'thing'; readonly what: string }
  | { readonly kind: 'unreadable'; readonly why: string };

/**
 * Reads what was found at a path.
 *
 * Everything that is named must hold. A path that is not there is a definite answer; one that can't be read is unknown. What is
 * there but is no file satisfies `exists` and nothing else. The digest covers the whole content.
 */
export function readFileAnswer(question: FileQuestion, seen: FileSeen, hash: HashFunction): Reading {
  if (seen.kind === 'unreadable') return unknownReading(seen.why);
  const is = seen.kind === 'thing' ? seen.what : seen.kind;
  const sha256 = seen.kind === 'file' ? hash(seen.content) : null;
  const misses = missesOf(question.expect, seen, sha256);
  const met = seen.kind === 'absent' ? 'it does not exist, as expected' : 'it is as expected';
  return {
    answer: misses.length === 0 ? 'green' : 'red',
    detail: misses.join('; ') || met,
    facts: { is, sha256, sizeBytes: seen.kind === 'file' ? seen.content.byteLength : null },
    excerpts: {},
    projection: { is, sha256 },
  };
}

type Readable = Exclude<FileSeen, { readonly kind: 'unreadable' }>;

function missesOf(expect: FileQuestion['expect'], seen: Readable, sha256: Sha256Hex | null): readonly string[] {
  const isThere = seen.kind !== 'absent';
  const text = seen.kind === 'file' ? new TextDecoder().decode(seen.content) : undefined;
  const misses: string[] = [];
  if (expect.exists === true && !isThere) misses.push('it does not exist');
  if (expect.exists === false && isThere) misses.push('it exists');
  if (expect.sha256 !== undefined && expect.sha256 !== sha256) misses.push(`its SHA-256 is ${sha256 ?? 'none'}`);
  if (expect.contains !== undefined && text?.includes(expect.contains) !== true) {
    misses.push('it does not contain the expected text');
  }
  if (expect.equals !== undefined && expect.equals !== text) misses.push('it is not the expected text');
  return misses;
}
