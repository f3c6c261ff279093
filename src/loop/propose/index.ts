/** The door of proposing: a change becomes a sealed bundle with a preview, and nothing is changed. */

export type { RecoveriesAnswer, RecoveryQuestion } from './ask-recoveries.ts';
export { askRecoveries } from './ask-recoveries.ts';
export type {
  DriftDraft,
  DriftFinding,
  DriftParts,
  DriftPass,
  DriftQuestion,
  DriftResult,
} from './drift/drift-parts.ts';
export { lookForAllDrift } from './drift/look-for-all-drift.ts';
export type { FirstLook, LookAnswer } from './first-look.ts';
export { parseChecks } from './parse-checks.ts';
export type { Planner } from './planner.ts';
export type { ProgramFinder } from './program-finder.ts';
export { proposeChange } from './propose-change.ts';
export type { ProposeAnswer, ProposeParts, ProposeRequest } from './propose-parts.ts';
export { resumeDraft } from './resume-draft.ts';
export type { Sealer } from './sealer.ts';
export type { AdmissionAnswer, PlannedChange, ResolvedTarget, SealedChange, TargetPolicy } from './target-policy.ts';
