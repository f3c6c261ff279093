/** The hash that chains an event to everything before it: SHA-256 over the JCS of the event without its hash. */

import type { Sha256Hex } from '../kernel/index.ts';
import type { StoredEntry } from './stored-entry.ts';

/** The hash before the first event. */
export const NO_HASH: Sha256Hex = '0'.repeat(64);

/**
 * Writes the text that is hashed: the event's JCS, put together from the stored canonical parts without parsing them, so that
 * a million entries hash in seconds.
 *
 * The member names stand in JCS order, and nothing between them is left to the caller.
 */
export function entryText(entry: Omit<StoredEntry, 'hash'>): string {
  return (
    `{"actor":${entry.actor},"atMs":${entry.atMs},"body":${entry.body},"prev":"${entry.prev}",` +
    `"schema":"countersign.event/1","seq":${entry.seq},"stream":${JSON.stringify(entry.stream)},` +
    `"streamPrev":${entry.streamPrev}}`
  );
}
