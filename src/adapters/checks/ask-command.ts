/** Asks a program: exact arguments, no shell, the worker's own small environment. */

import type { CommandQuestion } from '../../tools/index.ts';
import { sha256 } from '../hash/sha256.ts';
import { nodeProcesses } from '../processes/node-processes.ts';
import { readCommandAnswer } from './answers/read-command-answer.ts';
import type { Reading } from './answers/reading.ts';
import { ownEnvironment } from './own-environment.ts';
import type { WorkerOrder } from './worker-protocol.ts';

const MOST_OUTPUT_BYTES = 1024 * 1024;

/** Runs the program and reads how it ended and what it printed. */
export async function askCommand(question: CommandQuestion, order: WorkerOrder): Promise<Reading> {
  const [file = '', ...args] = question.argv;
  const result = await nodeProcesses().run({
    file,
    args,
    directory: question.directory ?? order.directory,
    environment: ownEnvironment(),
    timeoutMs: order.spec.timeoutMs,
    maxOutputBytes: MOST_OUTPUT_BYTES,
  });
  return readCommandAnswer(question, result, sha256);
}
