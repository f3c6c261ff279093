/** Finds the program of a command: the one whose bytes are sealed, and the way in which it is started. */

import { type Failure, type Files, type HashFunction, isFailure, type ToolIdentity } from '../../kernel/index.ts';
import type { SealedDirectory } from '../directory/sealed-directory.ts';

/** Where the private copy of the directory lies within the runner's private directory. */
export const COPY: string = '{run}/copy';

/** What locating reads with. */
export type LocateParts = { readonly files: Files; readonly hash: HashFunction };

/** Where to look. */
export type ToolPlace = {
  /** Absolute and link-free. */
  readonly directory: string;
  readonly searchPath: string;
  readonly sealed: SealedDirectory;
};

const MOST_TOOL_BYTES = 512 * 1024 * 1024;
const EXECUTABLE = 0o111;

/**
 * Finds a program.
 *
 * A bare name is looked up in the absolute entries of the search path. A path within the sealed directory means the private copy's
 * file, and its identity is the sealed one; any other path means that very file. Links are kept in the path, because some programs
 * are many in one and go by the name that they are called by; the digest is of the file that the link leads to.
 *
 * @returns `undefined` when nothing executable is there
 */
export async function locateTool(
  parts: LocateParts,
  name: string,
  place: ToolPlace,
): Promise<ToolIdentity | undefined> {
  if (!name.includes('/')) return await searched(parts, name, place.searchPath);
  const path = absolutePath(place.directory, name);
  const inside = path.startsWith(`${place.directory}/`) ? path.slice(place.directory.length + 1) : undefined;
  const entry = place.sealed.entries.find((one) => one.path === inside);
  if (entry?.kind === 'file') {
    return entry.isExecutable ? { path: `${COPY}/${entry.path}`, digest: entry.digest, version: '' } : undefined;
  }
  return await identify(parts, path);
}

/** Reads the identity of the program at a path. @returns `undefined` when nothing executable is there */
export async function identify(parts: LocateParts, path: string): Promise<ToolIdentity | undefined> {
  const real = await orMissing(parts.files.realPath(path));
  if (real === undefined) return undefined;
  const found = await parts.files.stat(real);
  if (found?.kind !== 'file' || (found.mode & EXECUTABLE) === 0) return undefined;
  const digest = await orMissing(parts.files.digest(real, MOST_TOOL_BYTES));
  return digest === undefined ? undefined : { path, digest, version: '' };
}

async function searched(parts: LocateParts, name: string, searchPath: string): Promise<ToolIdentity | undefined> {
  for (const directory of searchPath.split(':').filter((entry) => entry.startsWith('/'))) {
    const found = await identify(parts, `${directory.replace(/\/+$/, '')}/${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Resolves a path against a directory, by its text alone. */
export function absolutePath(directory: string, path: string): string {
  const segments: string[] = [];
  for (const segment of (path.startsWith('/') ? path : `${directory}/${path}`).split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return `/${segments.join('/')}`;
}

// A place that this account may not look into holds no program that it could run.
async function orMissing<T>(reading: Promise<T | undefined>): Promise<T | undefined> {
  return await reading.catch((thrown: unknown): undefined => {
    const failure: Failure | undefined = isFailure(thrown) ? thrown : undefined;
    if (failure === undefined) throw thrown;
    return undefined;
  });
}
