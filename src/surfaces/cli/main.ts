#!/usr/bin/env node
/** The entry of the `countersign` command: joins the process to the application and ends with the right exit code. */

import { compose } from '../../compose.ts';
import { EXIT } from '../../kernel/index.ts';
import type { CliContext } from './context.ts';
import { runCommandLine } from './run-command-line.ts';
import type { Output, Terminal } from './terminal.ts';

const DEFAULT_COLUMNS = 100;

/** Runs the command line with this process's arguments. */
async function main(): Promise<void> {
  quietPipes();
  const interrupted = interruptOnce();
  const countersign = compose(process.env);
  const ask: CliContext['ask'] = (question) => countersign.ask(question, interrupted);
  const caller = { terminal: readTerminal(), countersign, interrupted, ask };
  process.exitCode = await runCommandLine(caller, process.argv.slice(2));
  if (interrupted.aborted && process.exitCode === EXIT.done) process.exitCode = EXIT.interrupted;
}

function readTerminal(): Terminal {
  const isTerminal = process.stdout.isTTY === true;
  const refusesColour = (process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb';
  return {
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    hasColour: isTerminal && !refusesColour,
  };
}

function output(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => {
      stream.write(text);
    },
    isTerminal: stream.isTTY === true,
    columns: stream.columns ?? DEFAULT_COLUMNS,
  };
}

/** The first Ctrl-C asks commands to stop; the tool that is being executed gets one SIGTERM from its runner, never a KILL. */
function interruptOnce(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (!controller.signal.aborted) process.stderr.write('countersign: stopping; waiting for what has begun\n');
      controller.abort();
    });
  }
  return controller.signal;
}

/** A reader that closes the pipe early (`| head`) is no trouble of ours: the command goes on, and its exit code stays true. */
function quietPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (thrown: NodeJS.ErrnoException) => {
      if (thrown.code !== 'EPIPE') throw thrown;
    });
  }
}

await main();
