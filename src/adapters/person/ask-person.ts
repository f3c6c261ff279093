/** Asks the person at the terminal one line. */

import { createInterface } from 'node:readline';
import { openTerminal, type PersonalTerminal } from './open-terminal.ts';

/**
 * What came of a question: a line; nobody there at all; or somebody who left it with Ctrl-C or the end of input.
 *
 * Leaving is neither a yes nor an empty chair: whoever asks must stop.
 */
export type PersonAnswer =
  | { readonly kind: 'answered'; readonly text: string }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'left' };

/** One question. */
export type PersonQuestion = {
  readonly text: string;
  /** What must stand on the same terminal right before it, already safe to show; nothing when left out. */
  readonly shown?: string | undefined;
};

const LEFT: PersonAnswer = { kind: 'left' };

/**
 * Asks on stderr and reads a line from stdin; where one of them is redirected, both go through the controlling terminal.
 *
 * @returns `nobody` only where this process has no controlling terminal; `left` also when `signal` is aborted meanwhile
 * @throws Failure `TOOL_FAILED` when there is a controlling terminal and it can't be used
 */
export async function askPerson(question: PersonQuestion, signal: AbortSignal): Promise<PersonAnswer> {
  if (signal.aborted) return LEFT;
  if (process.stdin.isTTY === true && process.stderr.isTTY === true) {
    return await askOn({ input: process.stdin, output: process.stderr }, question, signal);
  }
  const terminal = openTerminal();
  if (terminal === undefined) return { kind: 'nobody' };
  try {
    return await askOn(terminal, question, signal);
  } finally {
    terminal.close();
  }
}

function askOn(
  { input, output }: Pick<PersonalTerminal, 'input' | 'output'>,
  { text, shown = '' }: PersonQuestion,
  signal: AbortSignal,
): Promise<PersonAnswer> {
  if (shown !== '') output.write(`${shown}\n`);
  const lines = createInterface({ input, output });
  const leave = (): void => lines.close();
  return new Promise((resolve) => {
    // Whatever ends the input before a whole line came is no answer: Ctrl-D, a terminal that hung up, an abort.
    lines.on('close', () => {
      signal.removeEventListener('abort', leave);
      resolve(LEFT);
    });
    lines.on('error', leave);
    // readline takes Ctrl-C for itself while it asks: hand it on, so that the whole command hears it.
    lines.on('SIGINT', () => {
      process.kill(process.pid, 'SIGINT');
      leave();
    });
    signal.addEventListener('abort', leave, { once: true });
    lines.question(text, (line) => {
      resolve({ kind: 'answered', text: line });
      lines.close();
    });
  });
}
