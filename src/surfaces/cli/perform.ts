/** Runs one command and ends it the one way that all commands end: result to stdout, trouble to stderr, the right exit code. */

import type { Surroundings } from '../../compose.ts';
import { EXIT, type ExitCode, type Failure, isFailure, type Refusal } from '../../kernel/index.ts';
import type { CliContext } from './context.ts';
import { renderFailure, renderRefusal } from './render/trouble.ts';
import { type CommandResult, type Paint, paintFor, type Terminal } from './terminal.ts';

/** Flags that every command takes. */
export type CommonFlags = { readonly json: boolean };

/** What the body of a command gets. */
export type Performance = {
  readonly context: CliContext;
  readonly surroundings: Surroundings;
  readonly paint: Paint;
  /** Tells the person what is going on, on stderr; silent under `--json` and where stderr is no terminal. */
  readonly progress: (text: string) => void;
};

/** The body of a command: it returns its result, a refusal, or throws a Failure. */
export type Body = (performance: Performance) => Promise<CommandResult | Refusal>;

/** Performs a command's body. Never throws. */
export async function perform(context: CliContext, flags: CommonFlags, body: Body): Promise<void> {
  const { terminal } = context;
  const paint = paintFor(terminal.hasColour && !flags.json);
  const isTalking = terminal.stderr.isTerminal && !flags.json;
  const progress = (text: string): void => {
    if (isTalking) terminal.stderr.write(`${paintFor(terminal.hasColour)('faint', text)}\n`);
  };
  try {
    const surroundings = await context.countersign.surroundings();
    const answer = await body({ context, surroundings, paint, progress });
    if ('kind' in answer) endRefused(context, flags, answer);
    else endWith(context, flags, answer);
  } catch (thrown) {
    endThrown(context, flags, thrown);
  }
}

function endWith(context: CliContext, flags: CommonFlags, result: CommandResult): void {
  const text = flags.json ? JSON.stringify(result.json, undefined, 2) : result.text;
  if (text !== '') context.terminal.stdout.write(`${text}\n`);
  context.process.exitCode = result.exitCode;
}

function endRefused(context: CliContext, flags: CommonFlags, refusal: Refusal): void {
  if (flags.json)
    context.terminal.stdout.write(`${JSON.stringify({ schema: 'countersign.refusal/1', ...refusal }, undefined, 2)}\n`);
  else context.terminal.stderr.write(`${renderRefusal(refusal, paintFor(context.terminal.hasColour))}\n`);
  context.process.exitCode = exitCodeOf(refusal);
}

function exitCodeOf(refusal: Refusal): ExitCode {
  return refusal.code === 'QUORUM' ? EXIT.waiting : EXIT.refused;
}

function endThrown(context: CliContext, flags: CommonFlags, thrown: unknown): void {
  const { terminal } = context;
  if (!isFailure(thrown)) {
    const report = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    terminal.stderr.write(`countersign: this is a bug in countersign, please report it:\n${report}\n`);
    context.process.exitCode = EXIT.bug;
    return;
  }
  context.process.exitCode = endFailed(terminal, flags.json, thrown);
}

/** Ends with a failure: its document on stdout under `--json`, else its text on stderr. Returns its exit code. */
export function endFailed(terminal: Terminal, isJson: boolean, failure: Failure): ExitCode {
  if (isJson) {
    const { code, message, hint, where } = failure;
    terminal.stdout.write(
      `${JSON.stringify({ schema: 'countersign.failure/1', code, message, hint, where: where ?? null }, undefined, 2)}\n`,
    );
  } else {
    terminal.stderr.write(`${renderFailure(failure, paintFor(terminal.hasColour))}\n`);
  }
  return failure.exitCode;
}
