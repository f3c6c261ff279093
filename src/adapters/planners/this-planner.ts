/** This process among all that ever ran here: by its number and the moment at which it started. */

import { readFileSync } from 'node:fs';
import type { Planner } from '../../loop/propose/index.ts';

/** Names this process, and tells whether another one is still there. */
export function thisPlanner(): Planner {
  return { mark: markOf(process.pid) ?? '', isAlive: async (mark) => isAlive(mark) };
}

function isAlive(mark: string): boolean {
  const pid = Number(/^(\d+) /.exec(mark)?.[1] ?? Number.NaN);
  return Number.isSafeInteger(pid) && pid > 0 && markOf(pid) === mark;
}

function markOf(pid: number): string | undefined {
  return isRunning(pid) ? `${pid} ${startOf(pid)}` : undefined;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    // Not allowed to signal it: another user's process, but one that is there.
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}

// Numbers are used again; the start time of Linux tells the one from the other. Elsewhere the number has to do.
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
