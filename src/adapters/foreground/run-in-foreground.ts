/** Hands the terminal itself to a program: it asks, and the person answers it, not us. */

import { spawn } from 'node:child_process';
import type { ProcessEnd } from '../../kernel/index.ts';

/** What to run; the shape of the practice range's port. The environment is the whole environment: nothing is inherited. */
type Spec = {
  readonly file: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
};

/** Runs a program on this process's own terminal to its end, in the same process group, so that Ctrl-C reaches both. */
export async function runInForeground(spec: Spec): Promise<ProcessEnd> {
  return await new Promise((resolve) => {
    const child = spawn(spec.file, [...spec.args], {
      cwd: spec.directory,
      env: { ...spec.environment },
      stdio: 'inherit',
    });
    child.on('error', (thrown) => resolve({ kind: 'not-started', why: String(thrown) }));
    child.on('close', (code, signal) => {
      if (code !== null) resolve({ kind: 'exited', code });
      else resolve(signal === null ? { kind: 'lost' } : { kind: 'signalled', signal });
    });
  });
}
