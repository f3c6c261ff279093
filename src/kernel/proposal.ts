/** The states of a proposal. Each carries only what is true in it, so that nothing can be asked of it too early. */

import type { CheckedApproval } from './approval.ts';
import type { CheckObservation } from './check.ts';
import type { Claimed, CloseMark, Drafted, Executed, Sealed, Verified } from './event.ts';
import type { Requirement } from './requirement.ts';

/** What was intended, by whom. */
export type Identity = Omit<Drafted, 'type'>;

/** What was sealed, and the latest look at the world before any execution. */
export type SealedIdentity = Identity & Omit<Sealed, 'type'> & { readonly lookedAt: readonly CheckObservation[] };

/** What was admitted, with every approval given so far. */
export type Admission = SealedIdentity & {
  readonly requirement: Requirement;
  readonly expiresAtMs: number;
  readonly approvals: readonly CheckedApproval[];
  readonly glass: Glass;
};

/** Whether somebody approved alone, and whether the owed review was done. */
export type Glass =
  | { readonly kind: 'intact' }
  | { readonly kind: 'broken'; readonly by: string; readonly reason: string }
  | { readonly kind: 'reviewed'; readonly by: string; readonly reason: string; readonly reviewer: string };

/** What a runner holds while it executes. `ready` has the verifier's look right before; after `started` nothing may start again. */
export type ExecutionStage = 'claimed' | 'ready' | 'started';

/** An execution that a runner holds. */
export type Execution = Admission & {
  readonly claim: Omit<Claimed, 'type'>;
  readonly baseline: readonly CheckObservation[];
};

/** An execution that is over. */
export type Finished = Execution & {
  readonly outcome: Executed['outcome'];
  /** Oldest first; an earlier refutation stays. */
  readonly verdicts: readonly Omit<Verified, 'type'>[];
};

/** What ended before an execution, with all that was true of it then: secrets to destroy, a review that is owed. */
export type EndedEarly = Identity | SealedIdentity | Admission;

/** Nothing was ever said of this proposal. */
export type Absent = { readonly kind: 'absent' };

/** Everything that a proposal can be. */
export type ProposalState =
  | Absent
  | ({ readonly kind: 'drafted' } & Identity)
  | ({ readonly kind: 'unplannable'; readonly why: string } & Identity)
  | ({ readonly kind: 'proposed' } & SealedIdentity)
  | ({ readonly kind: 'refused' } & SealedIdentity)
  | ({ readonly kind: 'open' } & Admission)
  | ({ readonly kind: 'rejected' } & Admission)
  | ({ readonly kind: 'withdrawn' } & EndedEarly)
  | ({ readonly kind: 'superseded'; readonly by: string } & EndedEarly)
  | ({ readonly kind: 'expired' } & Admission)
  | ({ readonly kind: 'approved' } & Admission)
  | ({ readonly kind: 'stale' } & Admission)
  | ({ readonly kind: 'executing'; readonly stage: ExecutionStage } & Execution)
  | ({ readonly kind: 'executed' } & Finished)
  | ({ readonly kind: 'held'; readonly why: string } & Finished)
  | ({ readonly kind: 'closed'; readonly mark: CloseMark } & Finished);

/** The name of a state. */
export type StateKind = ProposalState['kind'];

/** One state, by its name. */
export type StateOf<Kind extends StateKind> = Extract<ProposalState, { readonly kind: Kind }>;
