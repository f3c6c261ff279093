/** The door of verification: somebody who is not the actor looks at the world, before and after. */

export { maskSecrets } from './answers/mask-secrets.ts';
export { readCommandAnswer } from './answers/read-command-answer.ts';
export type { FileSeen } from './answers/read-file-answer.ts';
export { readFileAnswer } from './answers/read-file-answer.ts';
export type { HttpSeen } from './answers/read-http-answer.ts';
export { readHttpAnswer } from './answers/read-http-answer.ts';
export type { PlanSeen } from './answers/read-plan-answer.ts';
export { readPlanAnswer } from './answers/read-plan-answer.ts';
export type { SqliteSeen } from './answers/read-sqlite-answer.ts';
export { readSqliteAnswer } from './answers/read-sqlite-answer.ts';
export type { Reading, ReadingManners } from './answers/reading.ts';
export { recordReading, unknownReading } from './answers/reading.ts';
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
export type { WorkerOrder } from './worker-protocol.ts';
export { readOrder, readReply, writeReply } from './worker-protocol.ts';
