/** A command as people read it: quoted so that nobody can take one argument for two, hidden characters visible. */

import { visibleLine } from '../../kernel/index.ts';

const PLAIN = /^[\w@%+=:,./-]+$/;

/** Writes a command as a POSIX shell would need it typed. For eyes only: what runs are the arguments themselves. */
export function quoteCommand(argv: readonly string[]): string {
  return argv.map((argument) => visibleLine(quote(argument))).join(' ');
}

function quote(argument: string): string {
  return PLAIN.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
