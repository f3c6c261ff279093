/** Examines the chain itself: every entry in its place, hashing to what it says, naming the one before. Parses nothing. */

import type { HashFunction } from '../kernel/index.ts';
import { entryText } from './event-hash.ts';
import type { ChainHead } from './event-log.ts';
import type { Problem } from './problem.ts';
import type { StoredEntry } from './stored-entry.ts';

/** Says what is wrong with an entry that should follow a head; `undefined` when it does. */
export function examineLink(hash: HashFunction, before: ChainHead, entry: StoredEntry): Problem | undefined {
  const { seq } = entry;
  if (seq !== before.seq + 1) {
    const missing = before.seq + 1;
    return { kind: 'gap', seq: missing, what: `entry ${missing} is missing; the next one found is ${seq}` };
  }
  if (entry.prev !== before.hash) {
    return { kind: 'prev-mismatch', seq, what: `entry ${seq} does not name the hash of entry ${before.seq}` };
  }
  return examineEntryHash(hash, entry);
}

/** Says whether an entry hashes to what it says. */
export function examineEntryHash(hash: HashFunction, entry: StoredEntry): Problem | undefined {
  const { seq } = entry;
  if (hash(entryText(entry)) === entry.hash) return undefined;
  return { kind: 'hash-mismatch', seq, what: `entry ${seq} does not hash to what it says: it was changed` };
}
