/**
 * Finds everything that a configuration is made of: its directory, and the modules, linked files and files of variables beside it.
 *
 * What lies outside of the repository is never sealed: a module path could otherwise carry anybody's files into a bundle.
 */

import { dirname, relative, resolve } from 'node:path';
import { Failure, type FileEntry, type Files, visibleLine } from '../../kernel/index.ts';
import { isConfiguration } from './configuration-files.ts';
import { isWithin } from './is-within.ts';
import { jsonModuleSources } from './json-blocks.ts';

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
const LOCAL_PATH = /^\.\.?(?:\/|$)/;

/**
 * Finds the source.
 *
 * @param variableFiles  relative to the directory; those inside of it are part of it anyway, and what is no plain file is not sealed
 * @throws Failure `CONFIG_INVALID` when a module or a file lies outside of the repository, or there are more than 200
 */
export async function findSource(
  files: Files,
  directory: string,
  variableFiles: readonly string[] = [],
): Promise<Source> {
  const limit = await repositoryOf(files, directory);
  const named = variableFiles.map((path) => resolve(directory, path)).filter((path) => !isWithin(path, directory));
  const found = new Set(await plainFiles(files, named));
  const astray = named.find((path) => !isWithin(path, limit));
  if (astray !== undefined) throw outside(astray, limit, directory);
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
  const root = [...named, ...found].reduce(commonDirectory, directory);
  return { root, inside: relative(root, directory), beside: [...found].map((path) => relative(root, path)).sort() };
}

// What is gone, or is a directory or behind a link now, is a change of the source and seals nothing in the file's place: the planner
// refuses it, and a runner finds it by the digest.
async function plainFiles(files: Files, named: readonly string[]): Promise<readonly string[]> {
  const plain: string[] = [];
  for (const path of named) {
    if ((await files.stat(path))?.kind === 'file' && (await files.realPath(path)) === path) plain.push(path);
  }
  return plain;
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
  const text = new TextDecoder().decode(await files.read(`${directory}/${entry.path}`, SOURCE_BYTES));
  if (entry.path.endsWith('.json')) return jsonModuleSources(text).filter((path) => LOCAL_PATH.test(path));
  return [...text.matchAll(LOCAL_MODULE)].flatMap(([, path]) => path ?? []);
}

/** The repository that a directory belongs to; where there is none, what lies beside the directory may belong to it. */
async function repositoryOf(files: Files, directory: string): Promise<string> {
  for (let at = directory; at !== dirname(at); at = dirname(at)) {
    if ((await files.stat(`${at}/.git`)) !== undefined) return at;
  }
  return dirname(directory);
}

/** Tells places that no source has, wherever they lie: histories, Terraform's own work, states. @param path  with its name last */
export function isNoSource(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name === '.git' || name === '.terraform' || /^terraform\.tfstate(\..*)?$/.test(name);
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
