/** The door of the tools: what we know of the programs that changes are made with. */

export type { ArgvParts } from './argv/argv-driver.ts';
export { argvDriver } from './argv/argv-driver.ts';
export { ENVIRONMENT_BLOB } from './bundle-environment.ts';
export type {
  CheckQuestions,
  CommandQuestion,
  FileQuestion,
  HttpQuestion,
  JsonExpectation,
  SqliteQuestion,
  Sustained,
  TerraformPlanQuestion,
  TextExpectation,
} from './check-question.ts';
export { CHECK_QUESTIONS } from './check-question.ts';
export { packDirectory, unpackDirectory } from './directory/packed-directory.ts';
export type { SealedDirectory, SealedEntry } from './directory/sealed-directory.ts';
export { directoryDigest, readDirectory } from './directory/sealed-directory.ts';
export type {
  ChangeIdentity,
  Driver,
  DriverStatus,
  ExecutionCommand,
  ExecutionTrace,
  Mask,
  OpenedBundle,
  PlanAnswer,
  PlannedBlob,
  PlanRequest,
} from './driver.ts';
export { loaderTrouble } from './loader-variables.ts';
export type { Drift, LookAgainAnswer, LookAgainRequest } from './look-again.ts';
export type { PastExecution, PastExecutions, RecoveredExecution, SealedExecution } from './past-executions.ts';
export type { ProgramOperand } from './program-operands.ts';
export { programOperands } from './program-operands.ts';
export { questionWords } from './question-words.ts';
export { readPreview } from './read-preview.ts';
export type { Recovery, RecoveryAnswer, RecoveryKind, RecoveryRequest } from './recovery.ts';
export type {
  DatabaseShape,
  Databases,
  MigrationEvent,
  MigrationOrder,
  MigrationProgram,
  MigrationRule,
  QueryAnswer,
  SchemaObject,
  TableContent,
} from './sqlite/databases.ts';
export type { SqliteParts } from './sqlite/sqlite-driver.ts';
export { sqliteDriver } from './sqlite/sqlite-driver.ts';
export type { FreshPlan, FreshPlanRequest } from './terraform/plan-afresh.ts';
export { askSealedTerraform, planSealedTerraform } from './terraform/plan-afresh.ts';
export type { LockAnswer, LockPlace, StateLock, StateLocks } from './terraform/repair/state-locks.ts';
export { terraformDriver } from './terraform/terraform-driver.ts';
