/** Stops what a dead runner's execution left running: each process is asked once, and none is killed. */

import type { Clock } from '../../kernel/index.ts';
import type { Reaped } from '../../loop/execute/index.ts';
import { findRunning, type RunningProcess } from './running-processes.ts';

const LOOK_EVERY_MS = 100;

/**
 * Asks the leaders of a claim to stop, waits for them, then asks whatever they left.
 *
 * The leader first: a tool that is asked to stop saves its state and stops its own helpers; helpers that are stopped under it don't.
 */
export async function reap(clock: Clock, claim: string, deadlineMs: number): Promise<Reaped> {
  const seen = new Set<number>();
  const asked = new Set<number>();
  const marked = await findMarked(claim, seen);
  ask(marked.filter(isLeader), asked);
  let waitedMs = 0;
  for (;;) {
    const alive = await findMarked(claim, seen);
    if (alive.length === 0) return { found: seen.size, alive: 0 };
    if (waitedMs >= deadlineMs) return { found: seen.size, alive: alive.length };
    if (!alive.some(isLeader)) ask(alive, asked);
    await clock.wait(LOOK_EVERY_MS);
    waitedMs += LOOK_EVERY_MS;
  }
}

async function findMarked(claim: string, seen: Set<number>): Promise<readonly RunningProcess[]> {
  const marked = (await findRunning()).filter((one) => one.claim === claim && one.pid !== process.pid);
  for (const one of marked) seen.add(one.pid);
  return marked;
}

function isLeader(one: RunningProcess): boolean {
  return one.pid === one.session;
}

function ask(processes: readonly RunningProcess[], asked: Set<number>): void {
  for (const { pid } of processes) {
    if (asked.has(pid)) continue;
    asked.add(pid);
    askOne(pid);
  }
}

function askOne(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (thrown) {
    // It ended between the look and the request, which is what was wanted.
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH')) throw thrown;
  }
}
