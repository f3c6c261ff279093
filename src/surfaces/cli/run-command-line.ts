/** Runs one command line and says by which exit code it ends; what the framework refuses becomes a failure like any other. */

import { type Application, run, type StricliProcess } from '@stricli/core';
import { EXIT, type ExitCode, Failure } from '../../kernel/index.ts';
import { buildApp } from './app.ts';
import type { CliContext } from './context.ts';
import { endFailed } from './perform.ts';

/** Everything of a command's context that does not come from the command line itself. */
export type Caller = Omit<CliContext, 'process'>;

const JSON_ASKED = /^--json(=(true|t|yes|y|on|1))?$/i;

/**
 * Runs a command line. A usage error is the document of a `Failure` with code `USAGE` where `--json` was typed, and its text elsewhere.
 *
 * @param args  without the names of the runtime and of the program
 */
export async function runCommandLine(caller: Caller, args: readonly string[]): Promise<ExitCode> {
  // Only the framework writes here: commands write to the terminal. It is held back, because a usage error is told our way.
  const said: string[] = [];
  const { stdout, stderr } = caller.terminal;
  const target: StricliProcess = { stdout, stderr: { write: (text) => said.push(text) } };
  const app = buildApp(caller.countersign.version);
  await run<CliContext>(app, args, { ...caller, process: target });
  if (isUsageError(target.exitCode)) {
    const typed = commandOf(app, args);
    const hint = `read how it is called: ${['countersign', ...typed, '--help'].join(' ')}`;
    target.exitCode = endFailed(
      caller.terminal,
      isJsonAsked(args),
      new Failure('USAGE', said.join('').trim(), { hint }),
    );
  } else {
    for (const text of said) stderr.write(text);
  }
  return ourExitCode(target.exitCode);
}

/** The framework's own codes are negative: these three are code or a context that did not load, the others are usage errors. */
const FRAMEWORK_BUGS: readonly number[] = [-1, -2, -3];

function isUsageError(code: StricliProcess['exitCode']): boolean {
  return typeof code === 'number' && code < 0 && !FRAMEWORK_BUGS.includes(code);
}

function ourExitCode(code: StricliProcess['exitCode']): ExitCode {
  const known = Object.values(EXIT).find((one) => one === (code ?? EXIT.done));
  return known ?? EXIT.bug;
}

/** Whether the caller typed `--json`; what stands after `--` is not ours. */
function isJsonAsked(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? args.length : end).some((arg) => JSON_ASKED.test(arg));
}

/** The names of the command as far as there is one: `record verify`, or `record` of `record nope`. */
function commandOf(app: Application<CliContext>, args: readonly string[]): readonly string[] {
  const names: string[] = [];
  let at = app.root;
  for (const arg of args) {
    const next = 'getRoutingTargetForInput' in at ? at.getRoutingTargetForInput(arg) : undefined;
    if (next === undefined) return names;
    names.push(arg);
    at = next;
  }
  return names;
}
