/**
 * Which arguments of a check's command may be files that it runs or rests on: those are sealed with it.
 *
 * Nobody can tell a script from data by its name, so every argument counts that names a file. Two things do not: what the check
 * declares under `reads`, and the operands of programs that do nothing but read, whose whole point is a file that changes.
 */

import { basename, dirname, resolve } from 'node:path';

/** What a check runs, and which of its arguments it only looks at. */
export type CheckCommand = { readonly argv: readonly string[]; readonly reads?: readonly string[] | undefined };

/** An argument that may name a file. */
export type ProgramOperand = {
  /** Index in `argv`, at least 1. */
  readonly argument: number;
  /** What stands in the argument before the path: empty, or `--option=`. */
  readonly before: string;
  /** Absolute; links not resolved. */
  readonly path: string;
};

/** Programs whose operands are what they look at, never what they do. */
const READERS: ReadonlySet<string> = new Set([
  '[',
  'cat',
  'egrep',
  'fgrep',
  'grep',
  'head',
  'ls',
  'readlink',
  'realpath',
  'stat',
  'tail',
  'test',
  'wc',
]);
const SYSTEM_DIRECTORIES: readonly string[] = ['/bin', '/usr/bin'];
const LONGEST_PATH = 4096;

/**
 * Lists the arguments that may name files, without those that the check looks at.
 *
 * @param directory  absolute; relative arguments are of it
 */
export function programOperands(question: CheckCommand, directory: string): readonly ProgramOperand[] {
  if (isReader(question.argv)) return [];
  const reads = new Set(question.reads ?? []);
  return question.argv.slice(1).flatMap((text, index) =>
    namesIn(text)
      .filter(({ name }) => !reads.has(name))
      .map(({ before, name }) => ({ argument: index + 1, before, path: resolve(directory, name) })),
  );
}

/** Finds what `reads` names and no argument does: a typing mistake must not leave a file sealed that is to change. */
export function strayReads(question: CheckCommand): readonly string[] {
  const names = new Set(question.argv.slice(1).flatMap((text) => namesIn(text).map(({ name }) => name)));
  return (question.reads ?? []).filter((name) => !names.has(name));
}

function namesIn(text: string): readonly { readonly before: string; readonly name: string }[] {
  const at = text.indexOf('=') + 1;
  const names =
    at === 0
      ? [{ before: '', name: text }]
      : [
          { before: '', name: text },
          { before: text.slice(0, at), name: text.slice(at) },
        ];
  return names.filter(({ name }) => name !== '' && name.length <= LONGEST_PATH && !name.includes('\0'));
}

function isReader([program = '', ...args]: readonly string[]): boolean {
  const isOfTheSystem = !program.includes('/') || SYSTEM_DIRECTORIES.includes(dirname(program));
  const name = basename(program);
  if (!isOfTheSystem || !READERS.has(name)) return false;
  // A file of patterns is what is expected, and not what is looked at.
  return !(name.endsWith('grep') && args.some((text) => /^(?:-[^-]*f|--f)/.test(text)));
}
