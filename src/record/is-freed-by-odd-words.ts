/** Tells whether a proposal freed its target by words that do not hold, and by nothing better. */

import { type OutcomeKind, settle, type Verdict } from '../kernel/index.ts';
import type { RecordedEvent } from './event-log.ts';

/** What a target was freed by so far. */
type Release = {
  readonly at: 'executed' | 'held' | 'closed';
  readonly outcome: OutcomeKind | undefined;
  readonly isDoubted: boolean;
  readonly isFree: boolean;
};

const NOTHING: Release = { at: 'executed', outcome: undefined, isDoubted: false, isFree: false };

/**
 * Whether the events of a closed proposal rest on an outcome, a verdict, a close or a release that does not hold, and no verdict
 * or release that holds frees its target.
 *
 * @param odd  the entries that do not hold, by seq
 */
export function isFreedByOddWords(events: readonly RecordedEvent[], odd: ReadonlySet<number>): boolean {
  const { isDoubted, isFree } = events.reduce(
    (release, event) => (odd.has(event.seq) ? afterOdd(release, event) : afterTrue(release, event)),
    NOTHING,
  );
  return isDoubted && !isFree;
}

function afterOdd(release: Release, { body }: RecordedEvent): Release {
  switch (body.type) {
    case 'closed':
      return { ...release, at: 'closed', isDoubted: true };
    case 'executed':
    case 'verified':
    case 'reconciled':
      return { ...release, isDoubted: true };
    default:
      return release;
  }
}

function afterTrue(release: Release, { body }: RecordedEvent): Release {
  switch (body.type) {
    case 'executed':
      return { ...release, outcome: body.outcome.kind };
    case 'verified':
      return { ...release, isFree: release.isFree || isFreeing(release, body.verdict) };
    case 'reconciled':
      return { ...release, isFree: true };
    case 'held':
    case 'closed':
      return { ...release, at: body.type };
    default:
      return release;
  }
}

// What is held waits for a person, whatever verdict comes.
function isFreeing({ at, outcome }: Release, verdict: Verdict): boolean {
  return at !== 'held' && outcome !== undefined && settle(outcome, verdict) !== 'held';
}
