/** The door of verification: somebody who is not the actor looks at the world, before and after. */

export type { CheckErrand, CheckWorkers, WorkerAnswer, WorkerReply } from './check-workers.ts';
export { lookAt } from './look-at.ts';
export type { DutyNotice, VerifierLoopParts } from './verifier-loop.ts';
export { dutyAt, verifierLoop } from './verifier-loop.ts';
export type { VerifierTrust } from './verifier-trust.ts';
export type { VerifyAnswer } from './verify-execution.ts';
export { verifyExecution } from './verify-execution.ts';
export type { VerifyParts } from './verify-parts.ts';
