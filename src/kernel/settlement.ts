/** What becomes of a target once outcome and verdict stand side by side. */

import type { CloseMark } from './event.ts';
import type { OutcomeKind } from './outcome.ts';
import type { Verdict, VerdictKind } from './verdict.ts';

/** `closed` with its mark, `held` for a person, or `as-before`: closed when the world is as it was, else held. */
type Settlement = CloseMark | 'held' | 'as-before';

/** The whole table: outcome × verdict. */
export const SETTLEMENTS: Readonly<Record<OutcomeKind, Readonly<Record<VerdictKind, Settlement>>>> = {
  completed: { confirmed: 'as-approved', refuted: 'held', inconclusive: 'held' },
  'no-effect': { confirmed: 'arrived-by-other-means', refuted: 'as-before', inconclusive: 'held' },
  partial: { confirmed: 'after-uncertain-execution', refuted: 'held', inconclusive: 'held' },
  indeterminate: { confirmed: 'after-uncertain-execution', refuted: 'held', inconclusive: 'held' },
};

/**
 * Settles an execution: closed with a mark, or its target held.
 *
 * @returns the mark to close with, or `held`
 */
export function settle(outcome: OutcomeKind, verdict: Verdict): CloseMark | 'held' {
  const settlement = SETTLEMENTS[outcome][verdict.kind];
  if (settlement !== 'as-before') return settlement;
  return verdict.isAsBefore ? 'no-effect' : 'held';
}
