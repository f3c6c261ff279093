/** The door of the kernel: words and laws. It imports nothing. */

export type {
  ApprovalDocument,
  ApprovalSignature,
  CheckedApproval,
  Decision,
  KeyStrength,
  SignedApproval,
} from './approval.ts';
export type { AuthorityAnswer, PresentDemand, RuleDifference } from './authorise.ts';
export { authorise } from './authorise.ts';
export type {
  BlobRef,
  ChangedPath,
  CheckProgram,
  Environment,
  EvidenceRef,
  Fact,
  FactDifference,
  Manifest,
  RunnerIdentity,
  ToolIdentity,
} from './bundle.ts';
export { bundleDigest, compareFacts } from './bundle.ts';
export type { CheckAnswer, CheckKind, CheckObservation, CheckOrigin, CheckPhase, CheckSpec } from './check.ts';
export { NOT_AS_SEALED } from './check.ts';
export type { Asking, Command, CommandKind, ReleaseFinding } from './command.ts';
export { decide } from './decide.ts';
export type { HashFunction, Sha256Hex } from './digest.ts';
export { digestJson } from './digest.ts';
export type { CloseMark, EventBody, EventType, EvidenceRecorded, Happened, KeySignature } from './event.ts';
export { ABSENT, evolve } from './evolve.ts';
export type { ExitCode } from './exit.ts';
export { EXIT } from './exit.ts';
export type { FailureCode } from './failure.ts';
export { FAILURES, Failure, invariant, isFailure } from './failure.ts';
export type { Json, JsonObject } from './json.ts';
export { canonicalJson } from './json.ts';
export { LEGAL_IN, MAY_ASK } from './legal.ts';
export type { Outcome, OutcomeKind, ProcessEnd, ResourceOutcome, ResourceStatus } from './outcome.ts';
export { isPlaceLock, placeFact, placeLock, placeOf } from './place.ts';
export type { Clock } from './ports/clock.ts';
export type { FileEntry, FileStat, Files } from './ports/files.ts';
export type { Job, JobRequest, Jobs, WorkOptions } from './ports/jobs.ts';
export type { Processes, ProcessResult, ProcessSpec } from './ports/processes.ts';
export type { Random } from './ports/random.ts';
export type { Signer } from './ports/signer.ts';
export type {
  AttributeChange,
  DriverName,
  Preview,
  PreviewAction,
  PreviewCounts,
  ResourceChange,
  Unpredictable,
} from './preview.ts';
export { countChanges, destroysFirst } from './preview.ts';
export type { Agent, Control, Person, Principal, PrincipalKind, Proposer, Runner, Verifier } from './principal.ts';
export { personBehind } from './principal.ts';
export type { Execution, ExecutionStage, Glass, ProposalState, StateKind, StateOf } from './proposal.ts';
export type { Refusal, RefusalCode } from './refusal.ts';
export type { AccountsOf, Requirement, RuleRef, SignatureDemand } from './requirement.ts';
export { SETTLEMENTS, settle } from './settlement.ts';
export type { Decided, Situation } from './situation.ts';
export type {
  CheckedStatement,
  SignedStatement,
  StatementDecision,
  StatementDocument,
} from './statement.ts';
export type { StatementSubject } from './statement-subject.ts';
export { misstated, statementSubject } from './statement-subject.ts';
export type { TargetState } from './target.ts';
export { evolveTarget, FREE_TARGET, joinLocks } from './target.ts';
export type { CheckFinding, Verdict, VerdictKind } from './verdict.ts';
export { judge } from './verdict.ts';
export { visibleLine, visibleText } from './visible-text.ts';
