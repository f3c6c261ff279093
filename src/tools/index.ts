/** The door of the tools: what we know of the programs that changes are made with. */

export type {
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
