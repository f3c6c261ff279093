/** Plans anew with the sealed configuration, in a private copy. */

import { type Reading, readPlanAnswer, type WorkerOrder } from '../../loop/verify/index.ts';
import type { TerraformPlanQuestion } from '../../tools/index.ts';

/** Plans and reads whether anything would change. */
export async function askPlan(_question: TerraformPlanQuestion, _order: WorkerOrder): Promise<Reading> {
  return readPlanAnswer({ kind: 'failed', why: 'this build has no planner' });
}
