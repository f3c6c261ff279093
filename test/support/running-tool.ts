/** Finds the program that a runner has started, among all processes of this machine. Linux only. */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The leader of an execution below a directory: the one process with our mark whose parent has none. */
export function markedLeader(root: string): number | undefined {
  const marked = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      // Every execution runs in a private copy below the runner's home; a migration has no other environment than the mark.
      return readEnvironment(pid).includes('COUNTERSIGN_RUN=') && directoryOf(pid).startsWith(root);
    });
  return marked.find((pid) => !marked.includes(parentOf(pid)));
}

/** The parent of a process; 0 when it is gone. */
export function parentOf(pid: number): number {
  try {
    return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return 0;
  }
}

/** Whether a process runs; one that only waits to be reaped does not. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function readEnvironment(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}

function directoryOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}
