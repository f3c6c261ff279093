/** Every requirement of Countersign. `requirements.test.ts` proves that each is cited by a test and that no test cites another. */

import { APPROVE_REQUIREMENTS } from './requirements/approve.ts';
import { HOUSE_REQUIREMENTS } from './requirements/house.ts';
import { KERNEL_REQUIREMENTS } from './requirements/kernel.ts';
import { LAWS } from './requirements/laws.ts';
import { RECORD_REQUIREMENTS } from './requirements/record.ts';
import type { Requirement } from './requirements/requirement.ts';
import { VERIFY_REQUIREMENTS } from './requirements/verify.ts';

/** All of them, by area. The name of an area is the name of its file in `requirements/`. */
export const REQUIREMENTS: Readonly<Record<string, readonly Requirement[]>> = {
  laws: LAWS,
  kernel: KERNEL_REQUIREMENTS,
  house: HOUSE_REQUIREMENTS,
  approve: APPROVE_REQUIREMENTS,
  record: RECORD_REQUIREMENTS,
  verify: VERIFY_REQUIREMENTS,
};
