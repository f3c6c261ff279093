/** The port of the policy: what a change is really for, and what must be true before it may run. */

import type {
  CheckSpec,
  DriverName,
  Environment,
  Fact,
  Preview,
  Proposer,
  Refusal,
  Requirement,
  RuleRef,
  RunnerIdentity,
} from '../../kernel/index.ts';

/** What is known of a change once it was planned and before it is sealed. */
export type PlannedChange = {
  /** The target that the proposer named. */
  readonly target: string;
  readonly driver: DriverName;
  readonly facts: readonly Fact[];
  /** The real directory that it was planned in. */
  readonly directory: string;
};

/** What the operator says of a target. */
export type ResolvedTarget = {
  readonly kind: 'resolved';
  /** By the facts, whatever a label claims; unknown means production (L15). */
  readonly environment: Environment;
  readonly mandatedChecks: readonly CheckSpec[];
  readonly runner: RunnerIdentity;
  /** The age recipient of the runner. */
  readonly runnerRecipient: string;
  readonly verifierRecipients: readonly string[];
  /** What people must know of the target, a sentence each. */
  readonly notes: readonly string[];
};

/** What is known of a change once it was sealed. */
export type SealedChange = {
  readonly target: string;
  readonly environment: Environment;
  readonly driver: DriverName;
  readonly facts: readonly Fact[];
  readonly preview: Preview;
  /** All checks of the bundle. */
  readonly checks: readonly CheckSpec[];
  readonly proposer: Proposer;
  /** The sealed arguments. */
  readonly argv: readonly string[];
  readonly atMs: number;
};

/** Whether the policy lets it be asked for. */
export type AdmissionAnswer =
  | { readonly kind: 'admitted'; readonly requirement: Requirement }
  | { readonly kind: 'refused'; readonly because: readonly RuleRef[] };

/** The policy of the trust file, tightened by the repository's own. Pure: the same question has the same answer. */
export interface TargetPolicy {
  resolve(change: PlannedChange): ResolvedTarget | Refusal;
  admit(change: SealedChange): AdmissionAnswer;
}
