/**
 * Follows the locks of a share's places through streams of other shares.
 *
 * A share has whole targets, and a place may have proposals of several: of those in other shares only what a lock needs is read. What
 * else is wrong with them, their own share finds.
 */

import { type EventType, placeLock } from '../kernel/index.ts';
import type { RecordedEvent } from './event-log.ts';
import { claimTrouble } from './examine-lock.ts';
import { type Folds, foldLock, lockOf } from './examine-meaning.ts';
import type { Problem } from './problem.ts';
import { isInShare } from './share.ts';
import type { StoredEntry } from './stored-entry.ts';

const PREFIX = 'proposal:';
/** What changes a lock: typed as a record of all events, so that a new one has to be judged here. */
const LOCKING: ReadonlySet<string> = new Set<EventType>(['claimed', 'released', 'stale', 'started', 'held', 'closed']);

/** Whether an entry of another share has to be read for a place of this one; what only moves its lock on is moved on here. */
export function isOfPlaceHere(folds: Folds, { seq, stream, type, body }: StoredEntry): boolean {
  if (type === 'drafted') return body.includes('"recovers":');
  if (type === 'sealed') return body.includes('"place":');
  const lock = folds.away.get(stream)?.lock;
  if (lock === undefined) return false;
  if (LOCKING.has(type)) return true;
  foldLock(folds, lock, { seq, proposal: stream.slice(PREFIX.length) });
  return false;
}

/** Folds an event of another share into the lock of its place, where that is in this share, and says what is wrong with it. */
export function examineAway(folds: Folds, { seq, stream, body }: RecordedEvent): Problem | undefined {
  const known = folds.away.get(stream);
  if (body.type === 'drafted') {
    folds.away.set(stream, { recovers: body.recovers, lock: undefined });
    return undefined;
  }
  const lock = body.type === 'sealed' ? placeLock(body) : known?.lock;
  if (lock === undefined || !isInShare(folds.share, lock)) return undefined;
  folds.away.set(stream, { recovers: known?.recovers, lock });
  const why = body.type === 'claimed' ? claimTrouble(lockOf(folds, lock), known?.recovers) : undefined;
  foldLock(folds, lock, { seq, proposal: stream.slice(PREFIX.length), body });
  return why === undefined
    ? undefined
    : { kind: 'impossible', seq, what: `entry ${seq} could not have happened: ${why}` };
}
