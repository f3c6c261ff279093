/** The door of verification: somebody who is not the actor looks at the world, before and after. */

export type { CheckErrand, CheckWorkers, WorkerAnswer, WorkerReply } from './check-workers.ts';
export type { LookAnswer } from './look-at.ts';
export { lookAt } from './look-at.ts';
export type { Opener } from './opener.ts';
export type { Duty, DutyNotice, VerifierLoopParts } from './verifier-loop.ts';
export { dutyAt, verifierLoop } from './verifier-loop.ts';
export type { KeyHolder, Mandating, Parties, VerifierTrust } from './verifier-trust.ts';
export type { VerifyAnswer } from './verify-execution.ts';
export { verifyExecution } from './verify-execution.ts';
export type { VerifyParts } from './verify-parts.ts';
