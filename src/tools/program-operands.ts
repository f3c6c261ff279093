/**
 * Which arguments of a check's command may be files that it runs or rests on: those are sealed with it.
 *
 * Nobody can tell a script from data by its name, so every argument counts that names a file. Two things do not: what the check
 * declares under `reads`, and the operands of programs that do nothing but read, whose whole point is a file that changes.
 */

import { basename, dirname, resolve } from 'node:path';

/** What a check runs, and which of its arguments it only looks at. */
export type CheckCommand = { readonly argv: readonly string[]; readonly reads?: readonly string[] | undefined };

/** A part of an argument that may name a file. */
export type ProgramOperand = {
  /** Index in `argv`, at least 1. */
  readonly argument: number;
  /** Where in the argument the name begins, in UTF-16 units. */
  readonly start: number;
  /** Where it ends; what stands there is not part of it. */
  readonly end: number;
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
/** No file system takes a longer name for one file. */
const LONGEST_NAME = 255;
/** What joins names in one argument: `a:b`, `key=a,b`. */
const LIST_SEPARATORS: readonly string[] = [',', ':', ';'];
const SEPARATORS: ReadonlySet<string> = new Set(['=', '@', ...LIST_SEPARATORS]);
/** An option and the letter that may have a path attached. */
const SHORTEST_OPTION = 2;

/**
 * Finds the parts of arguments that may name files, without those that the check looks at.
 *
 * That is every argument as a whole, what stands after one of `= @ , : ;` and, in an option, every end of it (`-fx.awk`), each also up
 * to the next separator of a list. Of one argument the longest name that ends at a place comes first.
 *
 * @param directory  absolute; relative arguments are of it
 */
export function* programOperands(question: CheckCommand, directory: string): Generator<ProgramOperand, void> {
  if (isReader(question.argv)) return;
  const reads = new Set(question.reads ?? []);
  for (const [index, text] of question.argv.slice(1).entries()) {
    const names = namesIn(text);
    const read = names.filter(({ name }) => reads.has(name));
    for (const { name, start, end } of names) {
      if (reads.has(name) || read.some((one) => isTailOf(one, { name, start, end }))) continue;
      yield { argument: index + 1, start, end, path: resolve(directory, name) };
    }
  }
}

/** Finds what `reads` names and no argument does: a typing mistake must not leave a file sealed that is to change. */
export function strayReads(question: CheckCommand): readonly string[] {
  const stray = new Set(question.reads ?? []);
  if (stray.size === 0) return [];
  for (const text of question.argv.slice(1)) {
    for (const { name } of namesIn(text)) stray.delete(name);
  }
  return [...stray];
}

type Name = { readonly name: string; readonly start: number; readonly end: number };

/** From the right, so that every separator is met once, however long the text is. */
function namesIn(text: string): readonly Name[] {
  if (text.includes('\0')) return [];
  const isOption = text.startsWith('-') || text.startsWith('+');
  const names: Name[] = [];
  const next = new Map<string, number>();
  for (let start = text.length - 1; start >= 0; start -= 1) {
    const character = text.charAt(start);
    if (character === '/') next.set('/', start);
    const isSeparated = start === 0 || SEPARATORS.has(text.charAt(start - 1));
    if (isSeparated || (isOption && start >= SHORTEST_OPTION)) names.push(...namesFrom(text, start, next));
    if (LIST_SEPARATORS.includes(character)) next.set(character, start);
  }
  return names.toReversed();
}

/** Up to the next separator of each kind and up to the end; the nearest first. */
function namesFrom(text: string, start: number, next: ReadonlyMap<string, number>): readonly Name[] {
  const slash = next.get('/') ?? text.length;
  return [...LIST_SEPARATORS.map((separator) => next.get(separator) ?? start), text.length]
    .filter((end) => end > start && end - start <= LONGEST_PATH && Math.min(slash, end) - start <= LONGEST_NAME)
    .toSorted((one, other) => one - other)
    .map((end) => ({ name: text.slice(start, end), start, end }));
}

/** The end of an absolute path is no other file: who reads `/usr/lib/x` does not rest on `/lib/x`. */
function isTailOf(read: Name, { name, start, end }: Name): boolean {
  return read.name.startsWith('/') && name.startsWith('/') && end === read.end && start > read.start;
}

function isReader([program = '', ...args]: readonly string[]): boolean {
  const isOfTheSystem = !program.includes('/') || SYSTEM_DIRECTORIES.includes(dirname(program));
  const name = basename(program);
  if (!isOfTheSystem || !READERS.has(name)) return false;
  // A file of patterns is what is expected, and not what is looked at.
  return !(name.endsWith('grep') && args.some((text) => /^(?:-[^-]*f|--f)/.test(text)));
}
