/** Stops what a check left running: it holds the verifier's credentials, and nobody waits for it any more. */

import { findRunning } from '../launcher/running-processes.ts';

/** What is still starting others is found again; what scrubs its environment is not found at all. */
const MOST_ROUNDS = 20;

/** Kills every process that carries the mark, until none is left. */
export async function stopLeftovers(mark: string): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const left = (await findRunning()).filter(({ claim }) => claim === mark);
    if (left.length === 0) return;
    for (const { pid } of left) kill(pid);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (thrown) {
    // It ended between the look and the signal, which is what was wanted.
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH')) throw thrown;
  }
}
