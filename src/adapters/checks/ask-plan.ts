/** Plans anew with the sealed configuration, in a private copy. */

import type { TerraformPlanQuestion } from '../../tools/index.ts';
import { readPlanAnswer } from './answers/read-plan-answer.ts';
import type { Reading } from './answers/reading.ts';
import type { WorkerOrder } from './worker-protocol.ts';

/** Plans and reads whether anything would change. */
export async function askPlan(_question: TerraformPlanQuestion, _order: WorkerOrder): Promise<Reading> {
  return readPlanAnswer({ kind: 'failed', why: 'this build has no planner' });
}
