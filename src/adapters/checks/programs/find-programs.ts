/**
 * Finds every file that a check's command runs or rests on: the program by the search path, the interpreter that a script names, and
 * each argument that names a file. Whoever proposes seals what is found here; the verifier finds again and compares.
 */

import { access, constants, realpath, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { type CommandQuestion, type ProgramOperand, programOperands } from '../../../tools/index.ts';
import { refusePath } from '../refuse-path.ts';
import { readFirstLine } from './read-first-line.ts';
import { digestFile, firstLineOf, readSteadily, type SteadyFile } from './read-steadily.ts';

/** A file of a command. Where it has `content` a private copy of it can run in its place. */
export type FoundProgram = SteadyFile & {
  /** Absolute and link-free. */
  readonly path: string;
  /** Where it stands in `argv`; an interpreter stands nowhere. */
  readonly place: Pick<ProgramOperand, 'argument' | 'start' | 'end'> | undefined;
  readonly content?: Uint8Array | undefined;
  /** What its first line names was found with it, where it is a script; a copy of any other script must not be run. */
  readonly isRunnable: boolean;
};

/** All files of a command. `file` is the program as it was found, links not resolved: some programs go by that name. */
export type ProgramsFound =
  | { readonly kind: 'found'; readonly file: string; readonly programs: readonly FoundProgram[] }
  | { readonly kind: 'unfit'; readonly why: string };

/** Where to look. */
export type ProgramPlaces = {
  /** Where the command runs. Absolute. */
  readonly directory: string;
  /** As `PATH`; relative entries are passed over. */
  readonly searchPath: string;
  /** Directories that no check may look into. */
  readonly keepOut: readonly string[];
};

/** Finds and digests the files of a command. Never throws on what lies there. */
export async function findPrograms(question: CommandQuestion, places: ProgramPlaces): Promise<ProgramsFound> {
  try {
    const name = question.argv[0] ?? '';
    const file = await locate(name, places);
    const programs = [
      ...(await findProgram(file, places)),
      ...(await findOperands(programOperands(question, places.directory), places)),
    ];
    return { kind: 'found', file, programs };
  } catch (thrown) {
    if (thrown instanceof Unfit) return { kind: 'unfit', why: thrown.message };
    throw thrown;
  }
}

/** Ends the search; never leaves this file. */
class Unfit extends Error {
  override readonly name = 'Unfit';
}

async function locate(name: string, { directory, searchPath }: ProgramPlaces): Promise<string> {
  if (name.includes('/')) {
    const file = resolve(directory, name);
    if (await isExecutable(file)) return file;
  } else {
    for (const entry of searchPath.split(delimiter).filter(isAbsolute)) {
      if (name !== '' && (await isExecutable(join(entry, name)))) return join(entry, name);
    }
  }
  throw new Unfit(`there is no program ${name}`);
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    // Not there or not ours to run: both mean "not found" to a search.
    return false;
  }
}

async function findProgram(file: string, places: ProgramPlaces): Promise<readonly FoundProgram[]> {
  const path = await allowedPath(file, places);
  const { firstLine, ...found } = await digested(path);
  const place = { argument: 0, start: 0, end: file.length };
  if (firstLine === '') return [{ ...found, path, place, isRunnable: true }];
  const script = await readSteadily(path);
  if (script.kind === 'unfit') throw new Unfit(`${path}: ${script.why}`);
  // Of the very bytes that will run: somebody may have swapped the file since the look at what it is.
  const interpreters = await findInterpreters(path, firstLineOf(script.content), places);
  return [{ ...script, path, place, isRunnable: true }, ...interpreters];
}

async function digested(path: string): Promise<SteadyFile & { readonly firstLine: string }> {
  const found = await digestFile(path);
  if (found.kind === 'unfit') throw new Unfit(`${path}: ${found.why}`);
  const { isBinary, firstLine } = found;
  // Some callers hand such a file to a shell, unasked.
  if (!isBinary && firstLine === '')
    throw new Unfit(`${path}: it is no binary program, and has no first line that names one`);
  return found;
}

/** What a script's first line names, and, where that is `env`, what env is told to find. */
async function findInterpreters(
  script: string,
  firstLine: string,
  places: ProgramPlaces,
): Promise<readonly FoundProgram[]> {
  const line = readFirstLine(firstLine);
  if (line.kind === 'unfit') throw new Unfit(`${script}: ${line.why}`);
  const found = [await findInterpreter(line.interpreter, places)];
  if (line.sought === undefined) return found;
  return [...found, await findInterpreter(await locate(line.sought, places), places)];
}

async function findInterpreter(file: string, places: ProgramPlaces): Promise<FoundProgram> {
  const path = await allowedPath(file, places);
  const { firstLine, ...found } = await digested(path);
  // What that script's own first line names would run too, and so on.
  if (firstLine !== '')
    throw new Unfit(`${path}: it interprets a script and is a script itself: name a binary program`);
  return { ...found, path, place: undefined, isRunnable: true };
}

async function findOperands(
  operands: Iterable<ProgramOperand>,
  places: ProgramPlaces,
): Promise<readonly FoundProgram[]> {
  const found: (FoundProgram & { readonly place: ProgramOperand })[] = [];
  let looks = 0;
  for (const operand of operands) {
    looks += 1;
    if (looks > MOST_LOOKS)
      throw new Unfit('its arguments may name too many files: write paths as arguments of their own');
    if (!(await isThing(operand.path))) continue;
    const path = await allowedPath(operand.path, places);
    const rival = found.find(({ place }) => overlap(place, operand));
    // The longest name of a file is the one that stands there: `/usr/lib/x` ends in `/lib/x`, the same file.
    if (rival?.path === path) continue;
    if (rival !== undefined) {
      throw new Unfit(`one argument may name ${rival.path} or ${path}: write the path as an argument of its own`);
    }
    const read = await readSteadily(path);
    if (read.kind === 'unfit') throw new Unfit(`${path}: ${read.why}`);
    found.push({ ...read, path, place: operand, isRunnable: await isExecutable(path) });
  }
  const interpreters = await Promise.all(found.map((program) => findInterpretersOf(program, places)));
  return [...found, ...interpreters.flat()];
}

function overlap(one: ProgramOperand, other: ProgramOperand): boolean {
  return one.argument === other.argument && one.start < other.end && other.start < one.end;
}

/** A script that can be run may be: `env ./script` starts what its first line names. */
async function findInterpretersOf(
  { path, content, isRunnable }: FoundProgram,
  places: ProgramPlaces,
): Promise<readonly FoundProgram[]> {
  const firstLine = firstLineOf(content ?? new Uint8Array());
  return isRunnable && firstLine !== '' ? await findInterpreters(path, firstLine, places) : [];
}

/** Something is there that is no directory; what nobody can tell counts as something. */
async function isThing(path: string): Promise<boolean> {
  if (path === '/dev/null') return false;
  try {
    return !(await stat(path)).isDirectory();
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
    return !ABSENT.has(code);
  }
}

/** Of names that arguments may hold. Ordinary commands hold some hundreds. */
const MOST_LOOKS = 20_000;
const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG']);

async function allowedPath(file: string, { keepOut }: ProgramPlaces): Promise<string> {
  const why = await refusePath(file, keepOut);
  if (why !== undefined) throw new Unfit(`${file}: ${why}`);
  try {
    return await realpath(file);
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
    throw new Unfit(`${file}: it can't be read: ${code}`);
  }
}
