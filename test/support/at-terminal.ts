/** A person at a terminal of their own: a real pseudo-terminal, which controls what they start there. */

import { spawn } from 'node:child_process';
import { nodeProcesses } from '../../src/adapters/index.ts';

/** What a person starts, and how its questions end. */
export type Sitting = {
  /** A line for the shell, redirections too. */
  readonly line: string;
  /** Global: every match is a question that waits for keys. */
  readonly asks: RegExp;
};

/** What came of it. `screen` is everything that the terminal showed. */
export type Sat = { readonly code: number | null; readonly screen: string; readonly asked: readonly string[] };

/** Starts the line on the terminal and presses `keys` for every question, until it ends. Needs `script`. */
export async function sitAtTerminal(
  environment: Readonly<Record<string, string>>,
  { line, asks }: Sitting,
  keys: (question: string) => string,
): Promise<Sat> {
  const terminal = process.platform === 'darwin' ? ['-q', '/dev/null', 'sh', '-c', line] : ['-qefc', line, '/dev/null'];
  const program = (await nodeProcesses().locate('script', process.env['PATH'] ?? '')) ?? 'script';
  const child = spawn(program, terminal, { env: { ...environment } });
  const asked: string[] = [];
  let screen = '';
  let read = 0;
  child.stdout.on('data', (chunk) => {
    screen += String(chunk);
    for (const match of screen.slice(read).matchAll(asks)) {
      const question = match[0];
      asked.push(question);
      child.stdin.write(keys(question));
      read += match.index + question.length;
      break;
    }
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { code, screen, asked };
}
