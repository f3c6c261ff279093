/** Programs that run beside us and end with us: their standard input is the line that we hold. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Failure } from '../../kernel/index.ts';

const GRACE_MS = 2_000;

/** What to start; the shape of the practice range's port. */
type Spec = {
  readonly file: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
};

/** A program that is running, and the first line that it printed. */
export type NodeCompanion = { readonly firstLine: string; stop(): Promise<void> };

/** Starts programs that run beside this process, and waits for the first line of each. */
export function nodeCompanions(): { start(spec: Spec): Promise<NodeCompanion> } {
  return { start };
}

async function start(spec: Spec): Promise<NodeCompanion> {
  const child = spawn(spec.file, [...spec.args], {
    cwd: spec.directory,
    env: { ...spec.environment },
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  // A program that never started breaks the pipe as well; `gone` tells it.
  child.stdin.on('error', () => undefined);
  const gone = new Promise<void>((resolve) => {
    child.on('close', () => resolve());
    child.on('error', () => resolve());
  });
  const stop = async (): Promise<void> => {
    child.stdin.destroy();
    const late = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    await gone;
    clearTimeout(late);
  };
  const firstLine = await firstLineOf(child, gone, spec.timeoutMs);
  if (firstLine !== undefined) return { firstLine, stop };
  await stop();
  throw new Failure('TOOL_FAILED', `${spec.args.join(' ')} ended or stayed silent instead of starting`, {
    hint: 'see what it printed above',
    where: spec.file,
  });
}

async function firstLineOf(child: ChildProcess, gone: Promise<void>, timeoutMs: number): Promise<string | undefined> {
  if (child.stdout === null) return undefined;
  const lines = createInterface({ input: child.stdout });
  let late: NodeJS.Timeout | undefined;
  const line = await Promise.race([
    new Promise<string>((resolve) => lines.once('line', resolve)),
    gone.then(() => undefined),
    new Promise<undefined>((resolve) => {
      late = setTimeout(() => resolve(undefined), timeoutMs);
    }),
  ]);
  clearTimeout(late);
  return line;
}
