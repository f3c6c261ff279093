/** What became of a request to execute. Refusals and stale bundles are answers: nothing ran then. */

import type { FactDifference, Outcome, ProposalState, Refusal, StateOf } from '../../kernel/index.ts';

/** Facts that are no longer true: nothing ran. `spent` says whether the approvals are used up. */
type Stale = {
  readonly kind: 'stale';
  readonly differences: readonly FactDifference[];
  readonly spent: boolean;
};

/** It ran, and this is what the runner observed of it; the verdict is somebody else's. */
type Executed = { readonly kind: 'executed'; readonly outcome: Outcome; readonly state: ProposalState };

/** The answer to `executeApproved`. */
export type ExecutionAnswer = Executed | Stale | Refusal;

/** Why an execution stops before anything is spent. `refusal` is answered in place of the differences when there is one. */
export type Stop =
  | { readonly kind: 'stop-stale'; readonly differences: readonly FactDifference[]; readonly refusal?: Refusal }
  | Refusal;

/** A claim that this process holds, with the state that it left the proposal in. */
export type HeldClaim = {
  readonly proposal: string;
  readonly claim: string;
  readonly state: StateOf<'executing'>;
  /** Releases of its target that this runner found to hold; left out by whoever did not look. */
  readonly reconciled?: readonly string[] | undefined;
};
