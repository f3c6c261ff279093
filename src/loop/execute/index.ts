/** The door of execution: a runner runs what people approved, once, and says what it observed. */

export type { Authority } from './authority.ts';
export type { Baseline } from './baseline.ts';
export { destroySecrets, sweepSecrets } from './destroy-secrets.ts';
export { executeApproved } from './execute-approved.ts';
export type { ExecutionAnswer } from './execution-answer.ts';
export type { ExecutionParts } from './execution-parts.ts';
export { USUAL_PACE } from './execution-parts.ts';
export type { Hold, Holds } from './holds.ts';
export type { Launched, Launcher, LaunchSpec, OutputRange, Reaped, Run } from './launcher.ts';
export type { IntendAnswer, Intent, Ledger, LedgerEnd, LedgerEntry } from './ledger.ts';
export type { Exposure, ProgramPlaces } from './program-places.ts';
export type { ExecutionStep, Progress } from './progress.ts';
export { SILENT } from './progress.ts';
export type { Recovered } from './recover-execution.ts';
export { recoverUnfinished } from './recover-unfinished.ts';
export type { RunnerLog } from './run-loop.ts';
export { runLoop } from './run-loop.ts';
