/** Every requirement of Countersign. `requirements.test.ts` proves that each is cited by a test and that no test cites another. */

import { APPROVE_REQUIREMENTS } from './requirements/approve.ts';
import { ARGV_REQUIREMENTS } from './requirements/argv.ts';
import { CLI_REQUIREMENTS } from './requirements/cli.ts';
import { COMPOSE_REQUIREMENTS } from './requirements/compose.ts';
import { DIRECTORY_REQUIREMENTS } from './requirements/directory.ts';
import { DRIFT_REQUIREMENTS } from './requirements/drift.ts';
import { EXECUTE_REQUIREMENTS } from './requirements/execute.ts';
import { HOUSE_REQUIREMENTS } from './requirements/house.ts';
import { IDENTITY_REQUIREMENTS } from './requirements/identity.ts';
import { KERNEL_REQUIREMENTS } from './requirements/kernel.ts';
import { LAWS } from './requirements/laws.ts';
import { PROPOSE_REQUIREMENTS } from './requirements/propose.ts';
import { RANGE_REQUIREMENTS } from './requirements/range.ts';
import { RECORD_REQUIREMENTS } from './requirements/record.ts';
import type { Requirement } from './requirements/requirement.ts';
import { SANDBOX_REQUIREMENTS } from './requirements/sandbox.ts';
import { SQLITE_REQUIREMENTS } from './requirements/sqlite.ts';
import { TERRAFORM_REQUIREMENTS } from './requirements/terraform.ts';
import { VERIFY_REQUIREMENTS } from './requirements/verify.ts';

/** All of them, by area. The name of an area is the name of its file in `requirements/`. */
export const REQUIREMENTS: Readonly<Record<string, readonly Requirement[]>> = {
  approve: APPROVE_REQUIREMENTS,
  argv: ARGV_REQUIREMENTS,
  cli: CLI_REQUIREMENTS,
  compose: COMPOSE_REQUIREMENTS,
  directory: DIRECTORY_REQUIREMENTS,
  drift: DRIFT_REQUIREMENTS,
  execute: EXECUTE_REQUIREMENTS,
  house: HOUSE_REQUIREMENTS,
  identity: IDENTITY_REQUIREMENTS,
  kernel: KERNEL_REQUIREMENTS,
  laws: LAWS,
  propose: PROPOSE_REQUIREMENTS,
  range: RANGE_REQUIREMENTS,
  record: RECORD_REQUIREMENTS,
  sandbox: SANDBOX_REQUIREMENTS,
  sqlite: SQLITE_REQUIREMENTS,
  terraform: TERRAFORM_REQUIREMENTS,
  verify: VERIFY_REQUIREMENTS,
};
