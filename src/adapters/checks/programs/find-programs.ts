/**
 * Finds every file that a check's command runs or rests on: the program by the search path, the interpreter that a script names, and
 * each argument that names a file. Whoever proposes seals what is found here; the verifier finds again and compares.
 */

import { access, constants, realpath, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { type CommandQuestion, type ProgramOperand, programOperands } from '../../../tools/index.ts';
import { refusePath } from '../refuse-path.ts';
import { digestFile, readSteadily, type SteadyFile } from './read-steadily.ts';

/** A file of a command. Where it has `content` a private copy of it can run in its place. */
export type FoundProgram = SteadyFile & {
  /** Absolute and link-free. */
  readonly path: string;
  /** Where it stands in `argv`; an interpreter stands nowhere. */
  readonly place: Pick<ProgramOperand, 'argument' | 'before'> | undefined;
  readonly content?: Uint8Array | undefined;
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
  const found = await digestFile(path);
  if (found.kind === 'unfit') throw new Unfit(`${path}: ${found.why}`);
  const place = { argument: 0, before: '' };
  if (found.firstLine === '') return [{ ...found, path, place }];
  const script = await readSteadily(path);
  if (script.kind === 'unfit') throw new Unfit(`${path}: ${script.why}`);
  return [{ ...script, path, place }, ...(await findInterpreters(path, found.firstLine, places))];
}

/** What a script's first line names, and, where that is `env`, what env is told to find. */
async function findInterpreters(
  script: string,
  firstLine: string,
  places: ProgramPlaces,
): Promise<readonly FoundProgram[]> {
  const [interpreter = '', ...words] = firstLine.slice(2).trim().split(/\s+/);
  if (!isAbsolute(interpreter)) throw new Unfit(`${script}: its first line names no absolute program`);
  const found = [await findInterpreter(interpreter, places)];
  if (!interpreter.endsWith('/env')) return found;
  const sought = words.find((word) => !word.startsWith('-') && !word.includes('='));
  if (sought === undefined) throw new Unfit(`${script}: its first line names no program`);
  return [...found, await findInterpreter(await locate(sought, places), places)];
}

async function findInterpreter(file: string, places: ProgramPlaces): Promise<FoundProgram> {
  const path = await allowedPath(file, places);
  const found = await digestFile(path);
  if (found.kind === 'unfit') throw new Unfit(`${path}: ${found.why}`);
  return { ...found, path, place: undefined };
}

async function findOperands(
  operands: readonly ProgramOperand[],
  places: ProgramPlaces,
): Promise<readonly FoundProgram[]> {
  const found: FoundProgram[] = [];
  for (const { argument, before, path } of operands) {
    if (!(await isThing(path))) continue;
    const real = await allowedPath(path, places);
    const read = await readSteadily(real);
    if (read.kind === 'unfit') throw new Unfit(`${real}: ${read.why}`);
    found.push({ ...read, path: real, place: { argument, before } });
  }
  return found;
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
