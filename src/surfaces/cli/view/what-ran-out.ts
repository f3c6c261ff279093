/** What holds of a proposal now: the record says `open` or `approved` until somebody records the end. */

import type { ProposalState, Requirement, StateKind } from '../../../kernel/index.ts';

type LimitedApproval = { readonly approver: string; readonly decision: string; readonly expiresAtMs: number };

/** As much of a proposal as the question needs. */
export type Waiting = {
  readonly state: StateKind;
  readonly expiresAtMs: number | null;
  readonly requirement: Pick<Requirement, 'approvals' | 'grant'> | null;
  readonly approvals: readonly LimitedApproval[];
};

/** `proposal`: its whole time is over. `approvals`: those that were given are, and new ones would do. */
export type RanOut = 'proposal' | 'approvals';

/** Why an open or approved proposal waits for nothing any more, though nobody has recorded it; `null` while it may go on. */
export function whatRanOut(waiting: Waiting, nowMs: number): RanOut | null {
  if (waiting.state !== 'open' && waiting.state !== 'approved') return null;
  if (waiting.expiresAtMs !== null && waiting.expiresAtMs <= nowMs) return 'proposal';
  return waiting.state === 'approved' && lacksApprovals(waiting, nowMs) ? 'approvals' : null;
}

function lacksApprovals({ approvals, requirement }: Waiting, nowMs: number): boolean {
  // What a standing grant approved has no approvals that could run out.
  if (requirement?.grant !== undefined) return false;
  const living = approvals.filter((one) => one.expiresAtMs > nowMs);
  if (living.some((one) => one.decision === 'break-glass')) return false;
  const people = new Set(living.map((one) => one.approver));
  return people.size < Math.max(1, requirement?.approvals ?? 1);
}

/** As much of a recorded state as `whatRanOut` needs. */
export function waitingOf(state: ProposalState): Waiting {
  if (!('requirement' in state)) return { state: state.kind, expiresAtMs: null, requirement: null, approvals: [] };
  const { kind, expiresAtMs, requirement, approvals } = state;
  return { state: kind, expiresAtMs, requirement, approvals: approvals.map(({ document }) => document) };
}
