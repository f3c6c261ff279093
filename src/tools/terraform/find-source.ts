/**
 * Finds everything that a configuration is made of: its directory, and the modules, linked files and files of variables beside it.
 *
 * What lies outside of the repository is never sealed: a module path could otherwise carry anybody's files into a bundle.
 */

import { dirname, relative, resolve } from 'node:path';
import { Failure, type FileEntry, type Files, visibleLine } from '../../kernel/index.ts';
import { isConfiguration } from './configuration-files.ts';

/** A configuration's place and what belongs to it. */
export type Source = {
  /** Absolute: the deepest directory that holds everything. The directory itself when it needs nothing beside it. */
  readonly root: string;
  /** The directory, relative to `root`; empty when they are the same. */
  readonly inside: string;
  /** Modules, link targets and files of variables beside the directory, relative to `root`; empty text means the whole root. */
  readonly beside: readonly string[];
};

const SOURCE_BYTES = 4 * 1024 * 1024;
const MOST_BESIDE = 200;
/** A module that is named by a relative path; every other kind is installed below `.terraform`. */
const LOCAL_MODULE = /^[ \t]*source[ \t]*=[ \t]*"(\.\.?\/?[^"]*)"/gm;
const LOCAL_MODULE_JSON = /"source"[ \t\r\n]*:[ \t\r\n]*"(\.\.?\/?[^"]*)"/g;

/**
 * Finds the source.
 *
 * @param variableFiles  relative to the directory; those inside of it are part of it anyway
 * @throws Failure `CONFIG_INVALID` when a module or a file lies outside of the repository, or there are more than 200
 */
export async function findSource(
  files: Files,
  directory: string,
  variableFiles: readonly string[] = [],
): Promise<Source> {
  const limit = await repositoryOf(files, directory);
  const named = variableFiles.map((path) => resolve(directory, path)).filter((path) => !isWithin(path, directory));
  for (const path of named) await refuseNoFile(files, path, limit, directory);
  const found = new Set(named);
  const waiting = [directory];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const paths = (await pathsOutOf(files, next)).filter((path) => !found.has(path) && !isWithin(path, directory));
    for (const path of paths) {
      if (!isWithin(path, limit)) throw outside(path, limit, next);
      found.add(path);
      if ((await files.stat(path))?.kind === 'directory') waiting.push(path);
    }
    if (found.size > MOST_BESIDE) throw tooMany(directory);
  }
  const root = [...found].reduce(commonDirectory, directory);
  return { root, inside: relative(root, directory), beside: [...found].map((path) => relative(root, path)).sort() };
}

// A directory named as a file would seal all that lies in it.
async function refuseNoFile(files: Files, path: string, limit: string, directory: string): Promise<void> {
  if (!isWithin(path, limit)) throw outside(path, limit, directory);
  const kind = (await files.stat(path))?.kind;
  // What is gone is a change of the source: a planner hears of it from Terraform, a runner from the digest.
  if (kind === undefined || kind === 'file') return;
  throw new Failure('CONFIG_INVALID', `${visibleLine(path)} is a ${kind}, and no file of variables`, {
    hint: 'name the file itself',
    where: visibleLine(directory),
  });
}

/** Which paths below the root are no part of the source. @param own  what is no part of the directory itself */
export function skipsBeside(source: Source, own: (path: string) => boolean): (path: string) => boolean {
  const places = [source.inside, ...source.beside];
  return (path) => {
    if (isWithin(path, source.inside)) {
      const inDirectory = source.inside === '' ? path : path.slice(source.inside.length + 1);
      return inDirectory !== '' && own(inDirectory);
    }
    if (source.beside.some((place) => isWithin(path, place))) return isNoSource(path);
    return !places.some((place) => place.startsWith(`${path}/`));
  };
}

/** Relative paths by which the Terraform files and links of a directory reach out of it, made absolute. */
async function pathsOutOf(files: Files, directory: string): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const entry of await files.tree(directory, isNoSource)) {
    const from = dirname(`${directory}/${entry.path}`);
    for (const to of await targetsOf(files, directory, entry)) {
      const path = resolve(from, to);
      if (!isWithin(path, directory)) paths.push(path);
    }
  }
  return paths;
}

async function targetsOf(files: Files, directory: string, entry: FileEntry): Promise<readonly string[]> {
  // An absolute link can't be sealed whatever it points to; reading the directory refuses it by name.
  if (entry.kind === 'link') return entry.linksTo.startsWith('/') ? [] : [entry.linksTo];
  if (entry.kind !== 'file' || !isConfiguration(entry.path) || entry.sizeBytes > SOURCE_BYTES) return [];
  const content = await files.read(`${directory}/${entry.path}`, SOURCE_BYTES);
  const pattern = entry.path.endsWith('.json') ? LOCAL_MODULE_JSON : LOCAL_MODULE;
  return [...new TextDecoder().decode(content).matchAll(pattern)].flatMap(([, path]) => path ?? []);
}

/** The repository that a directory belongs to; where there is none, what lies beside the directory may belong to it. */
async function repositoryOf(files: Files, directory: string): Promise<string> {
  for (let at = directory; at !== dirname(at); at = dirname(at)) {
    if ((await files.stat(`${at}/.git`)) !== undefined) return at;
  }
  return dirname(directory);
}

function isNoSource(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name === '.git' || name === '.terraform' || /^terraform\.tfstate(\..*)?$/.test(name);
}

function isWithin(path: string, place: string): boolean {
  return place === '' || path === place || path.startsWith(`${place === '/' ? '' : place}/`);
}

function commonDirectory(one: string, other: string): string {
  return isWithin(other, one) ? one : commonDirectory(dirname(one), other);
}

function outside(path: string, limit: string, from: string): Failure {
  return new Failure(
    'CONFIG_INVALID',
    `${visibleLine(path)} lies outside of ${visibleLine(limit)} and can't be sealed`,
    {
      hint: 'keep modules, linked files and files of variables in the repository of the configuration',
      where: visibleLine(from),
    },
  );
}

function tooMany(directory: string): Failure {
  return new Failure('CONFIG_INVALID', `${visibleLine(directory)} needs more than ${MOST_BESIDE} places beside it`, {
    hint: 'propose a directory that needs fewer modules',
    where: visibleLine(directory),
  });
}
