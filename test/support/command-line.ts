/** The command line, run inside the test's own process: the real commands on the real composition, without the cost of a start. */

import { run, type StricliProcess } from '@stricli/core';
import { compose } from '../../src/compose.ts';
import { buildApp } from '../../src/surfaces/cli/app.ts';
import type { CliContext } from '../../src/surfaces/cli/context.ts';
import type { Output } from '../../src/surfaces/cli/terminal.ts';

/** What a command printed and how it ended. `code` is `null` when it was killed. */
export type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** How a person at a terminal would answer. */
export type Typing = {
  readonly answers?: readonly string[];
  readonly hasColour?: boolean;
  readonly interrupted?: AbortSignal;
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
  const countersign = compose(environment);
  const target: StricliProcess = { stdout: stdout.output, stderr: stderr.output };
  const context: CliContext = {
    process: target,
    terminal: { stdout: stdout.output, stderr: stderr.output, hasColour: typing.hasColour ?? false },
    countersign,
    interrupted: typing.interrupted ?? new AbortController().signal,
    ask: async () => (typing.answers === undefined ? undefined : answers.shift()),
  };
  await run<CliContext>(buildApp(countersign.version), args, context);
  const code = typeof target.exitCode === 'number' ? target.exitCode : 0;
  return { code: code < 0 ? 2 : code, stdout: stdout.text(), stderr: stderr.text() };
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
