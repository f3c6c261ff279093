/** Lists running processes with the mark of their execution, so that nothing that was launched is lost from sight. */

import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** The name of the variable that every process of an execution carries. Its value is the claim. */
export const RUN_MARK: string = 'COUNTERSIGN_RUN';

/** A process that runs now; the dead that nobody has collected yet are left out. */
export type RunningProcess = {
  readonly pid: number;
  readonly session: number;
  /** The claim that it carries; `undefined` when it carries none, or belongs to another user. */
  readonly claim: string | undefined;
};

/** Lists all processes that this user may look at. */
export async function findRunning(): Promise<readonly RunningProcess[]> {
  return process.platform === 'linux' ? await findInProc() : await findByPs();
}

async function findInProc(): Promise<readonly RunningProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map(readProcess));
  return found.filter((one) => one !== undefined);
}

async function readProcess(pid: number): Promise<RunningProcess | undefined> {
  const stat = await readIfThere(`/proc/${pid}/stat`);
  // The name stands in parentheses and may hold anything, parentheses too: what follows the last one can be trusted.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  const [state, , , session] = fields;
  if (state === undefined || state === 'Z' || state === 'X') return undefined;
  const environment = await readIfThere(`/proc/${pid}/environ`);
  return { pid, session: Number(session), claim: claimIn(environment?.split('\0') ?? []) };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'latin1');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && GONE_OR_FOREIGN.has(String(thrown.code))) return undefined;
    throw thrown;
  }
}

const GONE_OR_FOREIGN: ReadonlySet<string> = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM']);

function claimIn(variables: readonly string[]): string | undefined {
  return variables.find((variable) => variable.startsWith(`${RUN_MARK}=`))?.slice(RUN_MARK.length + 1);
}

async function findByPs(): Promise<readonly RunningProcess[]> {
  const args = ['-axww', '-E', '-o', 'pid=,sess=,stat=,command='];
  const { stdout } = await promisify(execFile)('/bin/ps', args, { maxBuffer: 64 * 1024 * 1024 });
  return stdout.split('\n').flatMap((line) => {
    const [pid, session, state, ...words] = line.trim().split(/\s+/);
    if (pid === undefined || state === undefined || state.startsWith('Z')) return [];
    return [{ pid: Number(pid), session: Number(session), claim: claimIn(words) }];
  });
}
