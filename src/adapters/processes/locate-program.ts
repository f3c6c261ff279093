/** Finds the very file that a program's name stands for, so that it can be named by its bytes. */

import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * Resolves a program to an absolute, link-free path.
 *
 * Relative entries of the search path are passed over: they mean another program in every directory.
 *
 * @param file  an absolute path or a bare name; a relative path with `/` is the caller's to resolve
 * @returns `undefined` when nothing executable is there
 */
export async function locateProgram(file: string, searchPath: string): Promise<string | undefined> {
  if (isAbsolute(file)) return await executable(file);
  if (file.includes('/')) return undefined;
  for (const directory of searchPath.split(delimiter).filter(isAbsolute)) {
    const found = await executable(join(directory, file));
    if (found !== undefined) return found;
  }
  return undefined;
}

async function executable(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK);
    const real = await realpath(path);
    return (await stat(real)).isFile() ? real : undefined;
  } catch {
    // Not there or not ours to run: both mean "not found" to a search.
    return undefined;
  }
}
