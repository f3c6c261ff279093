/** The command line, run inside the test's own process: the real commands on the real composition, without the cost of a start. */

import { type Countersign, compose } from '../../src/compose.ts';
import { runCommandLine } from '../../src/surfaces/cli/run-command-line.ts';
import type { Output } from '../../src/surfaces/cli/terminal.ts';

/** What a command printed and how it ended. `code` is `null` when it was killed. */
export type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** How a person at a terminal would answer: line by line, then they leave. Without answers nobody is there. */
export type Typing = {
  readonly answers?: readonly string[];
  readonly hasColour?: boolean;
  readonly interrupted?: AbortSignal;
  /** Instead of what the environment alone composes. */
  readonly countersign?: Countersign;
};

/** Types one command line, in an environment of its own. */
export async function typeCommandLine(
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
  typing: Typing = {},
): Promise<Ran> {
  const stdout = gather(typing.answers !== undefined);
  const stderr = gather(typing.answers !== undefined);
  const answers = [...(typing.answers ?? [])];
  const code = await runCommandLine(
    {
      terminal: { stdout: stdout.output, stderr: stderr.output, hasColour: typing.hasColour ?? false },
      countersign: typing.countersign ?? compose(environment),
      interrupted: typing.interrupted ?? new AbortController().signal,
      ask: async ({ text, shown = '' }) => {
        if (typing.answers === undefined) return { kind: 'nobody' };
        stderr.output.write(`${shown === '' ? '' : `${shown}\n`}${text}`);
        const line = answers.shift();
        return line === undefined ? { kind: 'left' } : { kind: 'answered', text: line };
      },
    },
    args,
  );
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function gather(isTerminal: boolean): { readonly output: Output; readonly text: () => string } {
  const pieces: string[] = [];
  const output: Output = {
    write: (text) => {
      pieces.push(text);
    },
    isTerminal,
    columns: 100,
  };
  return { output, text: () => pieces.join('') };
}
