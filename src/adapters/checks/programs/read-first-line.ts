/**
 * Reads a script's first line as Linux does: an interpreter, and all the rest as one argument.
 *
 * What that argument names would run unsealed, so only options count that can name nothing, and `env` with one plain name.
 */

import { visibleLine } from '../../../kernel/index.ts';

/** What the line starts. `sought` is what `env` is to find by the search path. */
export type FirstLine =
  | { readonly kind: 'plain'; readonly interpreter: string; readonly sought: string | undefined }
  | { readonly kind: 'unfit'; readonly why: string };

/** Linux cuts a first line at 256 bytes, and some versions run what is left. */
const LONGEST_LINE = 250;
const LINE = /^#![ \t]*(?<interpreter>\/[^ \t]*)[ \t]*(?<argument>.*?)[ \t]*$/;
const ENVS: readonly string[] = ['/usr/bin/env', '/bin/env'];
const PLAIN_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/;
/**
 * None takes the rest of its word for a file, in any interpreter that scripts name; `-f` takes the script itself. `-s`, `-c`, `-i` and
 * `-l` are left out: they read commands or start-up files from elsewhere.
 */
const HARMLESS_OPTION = /^-(?:[efuwxBEIT]|e?u?x?)$/;

/**
 * Reads the first line of a script.
 *
 * @param line  begins with `#!`, without its line break
 * @returns `unfit` where the line could start something that nobody seals
 */
export function readFirstLine(line: string): FirstLine {
  if (line.length > LONGEST_LINE) return unfit(`its first line is longer than ${LONGEST_LINE} bytes`);
  const { interpreter, argument = '' } = LINE.exec(line)?.groups ?? {};
  if (interpreter === undefined) return unfit('its first line names no absolute program');
  if (ENVS.includes(interpreter)) return readSought(interpreter, argument);
  if (argument === '' || (argument !== '-' && HARMLESS_OPTION.test(argument))) {
    return { kind: 'plain', interpreter, sought: undefined };
  }
  return unfit(
    `its first line gives ${visibleLine(interpreter)} the argument ${visibleLine(argument)}, which may name what is not sealed: ` +
      'leave it out, and name program and files in the check’s argv',
  );
}

function readSought(interpreter: string, argument: string): FirstLine {
  if (argument === '') return unfit('its first line names no program');
  if (PLAIN_NAME.test(argument)) return { kind: 'plain', interpreter, sought: argument };
  return unfit(
    `its first line gives env ${visibleLine(argument)}, and may give it the plain name of one program only: ` +
      'name program, options and files in the check’s argv',
  );
}

function unfit(why: string): FirstLine {
  return { kind: 'unfit', why };
}
