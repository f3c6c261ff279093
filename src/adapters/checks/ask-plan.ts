/** Plans anew with the sealed configuration, in a private copy: the real directory and the real state are only read. */

import { join } from 'node:path';
import { askSealedTerraform, type TerraformPlanQuestion } from '../../tools/index.ts';
import { nodeFiles } from '../files/node-files.ts';
import { sha256 } from '../hash/sha256.ts';
import { openMachine } from '../machine.ts';
import { nodeProcesses } from '../processes/node-processes.ts';
import { systemRandom } from '../random/system-random.ts';
import { readPlanAnswer } from './answers/read-plan-answer.ts';
import { type Reading, unknownReading } from './answers/reading.ts';
import { ownEnvironment } from './own-environment.ts';
import type { WorkerOrder } from './worker-protocol.ts';

/** A sealed directory is a blob: this is the most that a blob store holds. */
const MOST_SEALED_BYTES = 256 * 1024 * 1024;
const PRIVATE = 0o700;

/** Plans and reads what would change. @throws Failure `BLOB_CORRUPT`, `TOOL_FAILED` */
export async function askPlan(question: TerraformPlanQuestion, order: WorkerOrder): Promise<Reading> {
  const files = nodeFiles();
  const file = order.sealedDirectoryFile;
  const sealedDirectory = file === undefined ? undefined : await files.read(file, MOST_SEALED_BYTES);
  if (sealedDirectory === undefined) return unknownReading('there is no sealed directory to plan in');
  const scratch = join(order.scratch, 'plan');
  await files.makeDirectory(scratch, PRIVATE);
  const plan = await askSealedTerraform(
    { processes: nodeProcesses(), files, hash: sha256, locks: openMachine().locks, random: systemRandom() },
    { question, sealedDirectory, environment: ownEnvironment(), scratch },
  );
  return readPlanAnswer(plan);
}
