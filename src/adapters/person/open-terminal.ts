/** The terminal that this process is controlled by, wherever its streams were redirected to. */

import { openSync } from 'node:fs';
import { ReadStream, WriteStream } from 'node:tty';
import { Failure } from '../../kernel/index.ts';

/** Where a person reads and types. */
export type PersonalTerminal = {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  /** Must be called: an open terminal keeps the process alive. */
  readonly close: () => void;
};

const TERMINAL = '/dev/tty';
/** What opening says in a process without a controlling terminal (services, CI, `setsid`), or where it may not be used. */
const NO_TERMINAL: readonly string[] = ['ENXIO', 'ENOENT', 'ENODEV', 'ENOTTY', 'EACCES', 'EPERM'];

/**
 * Opens the controlling terminal for reading and writing.
 *
 * @returns `undefined` where there is none
 * @throws Failure `TOOL_FAILED` when there is one and opening it went wrong: nobody may take that for an empty chair
 */
export function openTerminal(): PersonalTerminal | undefined {
  const descriptor = openDescriptor();
  if (descriptor === undefined) return undefined;
  // Each stream closes its own descriptor.
  const input = new ReadStream(descriptor);
  const output = new WriteStream(openSync(TERMINAL, 'r+'));
  const close = (): void => {
    input.destroy();
    output.destroy();
  };
  // A terminal that hung up ends the input too, and that ends the question.
  output.on('error', () => input.destroy());
  return { input, output, close };
}

function openDescriptor(): number | undefined {
  try {
    return openSync(TERMINAL, 'r+');
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
    if (NO_TERMINAL.includes(code)) return undefined;
    throw new Failure('TOOL_FAILED', `the terminal ${TERMINAL} can't be opened: ${code}`, {
      hint: 'nobody was asked; try again, or answer ahead with the flags that the command has for it',
      where: TERMINAL,
      cause: thrown,
    });
  }
}
