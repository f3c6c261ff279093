/** Asks the person at the terminal one line. */

import { createInterface } from 'node:readline/promises';

/**
 * Asks on stderr and reads a line from stdin.
 *
 * @returns the line; `undefined` where nobody can answer: no terminal, or the person left with Ctrl-C
 */
export async function askPerson(question: string, signal: AbortSignal): Promise<string | undefined> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // readline takes Ctrl-C for itself while it asks: hand it on, so that the whole command hears it.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return await lines.question(question, { signal });
  } catch (thrown) {
    if (signal.aborted) return undefined;
    throw thrown;
  } finally {
    lines.close();
  }
}
