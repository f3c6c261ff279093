/** What the policy answers, and to what questions. Planner, control plane, runner and approver ask the same one. */

import type {
  AccountsOf,
  CheckedApproval,
  CheckedStatement,
  CheckSpec,
  DriverName,
  Environment,
  Fact,
  PresentDemand,
  Preview,
  Proposer,
  Refusal,
  Requirement,
  RuleRef,
  RunnerIdentity,
  Sha256Hex,
  SignatureDemand,
  SignedApproval,
  SignedStatement,
} from '../../../kernel/index.ts';

/** What is known of a change once it was planned and before it is sealed. */
export type TargetQuestion = {
  /** The target that the proposer named. */
  readonly target: string;
  readonly driver: DriverName;
  readonly facts: readonly Fact[];
  /** The real directory that it was planned in; shown in refusals. */
  readonly directory: string;
};

/** What the trust file says of a target. */
export type ResolvedTarget = {
  readonly kind: 'resolved';
  readonly environment: Environment;
  /** To be added to the bundle's checks; `admit` refuses a bundle that lacks one. */
  readonly mandatedChecks: readonly CheckSpec[];
  readonly runner: RunnerIdentity;
  /** The age recipient that the runner's secrets are sealed to. */
  readonly runnerRecipient: string;
  readonly verifierRecipients: readonly string[];
  /** What people must know: a label that was ignored, a target that nothing binds. */
  readonly notes: readonly string[];
};

/** What is known of a change once it was sealed. */
export type AdmissionQuestion = {
  readonly target: string;
  /** As sealed; refused when the facts say otherwise. */
  readonly environment: Environment;
  readonly driver: DriverName;
  readonly facts: readonly Fact[];
  readonly preview: Preview;
  /** All checks of the bundle. */
  readonly checks: readonly CheckSpec[];
  readonly proposer: Proposer;
  readonly argv: readonly string[];
  /** When it is asked; grants expire. */
  readonly atMs: number;
  /** How often each grant was used; a counted grant is worth nothing where this is not known. */
  readonly grantsUsed?: Readonly<Record<string, number>> | undefined;
};

/** The policy's answer to a sealed change. */
export type AdmissionAnswer =
  | { readonly kind: 'admitted'; readonly requirement: Requirement }
  | { readonly kind: 'refused'; readonly because: readonly RuleRef[] };

/** The policy of one trust file, and of one repository where it has rules. Pure: the same question has the same answer. */
export interface TargetPolicy {
  /** Says which environment, checks and runner a change has; or refuses a change that its target is not bound to. */
  resolve(question: TargetQuestion): ResolvedTarget | Refusal;
  /** Says what must be true of the approvals, by the strictest of all rules that apply; or which rules refuse the change. */
  admit(question: AdmissionQuestion): AdmissionAnswer;
  /**
   * Says what must be true of the approvals now, in the environment that the facts amount to: a runner asks it before it runs,
   * and whoever shows an approved change asks the same. The sealed environment is for the caller to compare.
   */
  demand(question: TargetQuestion & Omit<AdmissionQuestion, 'environment'>): PresentDemand | Refusal;
  /** Says which rule wants the words signed that release this change's target or review its glass; `undefined` when none does. */
  signatureDemand(question: AdmissionQuestion): SignatureDemand | undefined;
  /** The checks that every change of a target has, as `resolve` lists them; for whoever knows the name only. */
  mandatedChecks(target: string): readonly CheckSpec[];
  /** The operating-system accounts of every approver. */
  readonly accountsOf: AccountsOf;
  /** Checks form, key and signature of an approval; whether it counts is the kernel's `quorum` to say. */
  checkApproval(signed: SignedApproval): CheckedApproval | Refusal;
  /** Checks form, key and signature of a statement; whether it is about what it should be is the kernel's to say. */
  checkStatement(signed: SignedStatement): CheckedStatement | Refusal;
  /** A digest of everything here that bears on a target, and of nothing else: an approval under another policy does not count. */
  policyDigest(target: string): Sha256Hex;
}
