/** The door of the tools: what we know of the programs that changes are made with. */

export { bundleEnvironment, ENVIRONMENT_BLOB, secretValues } from './bundle-environment.ts';
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
