/** Writes a program and its arguments as one shell command, since the sandbox takes nothing else. */

import type { ProcessSpec } from '../../kernel/index.ts';

/**
 * Quotes a program so that the shell changes nothing about it.
 *
 * The shell is replaced by the program: its end, signals included, is the program's own.
 *
 * @param temporary  where the program's temporary files go: the sandbox's own default does not exist
 */
export function shellCommand(spec: Pick<ProcessSpec, 'file' | 'args'>, temporary: string): string {
  const words = [spec.file, ...spec.args].map(quote).join(' ');
  return `export TMPDIR=${quote(temporary)}; exec ${words}`;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
