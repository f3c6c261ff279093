/** Keeps checks out of places whose content must never be asked for, not even with yes or no. */

import { realpath } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';

/** What the kernel of the machine serves there is no file of anybody's: the worker's own environment, for one. */
const NO_FILES = ['/proc', '/sys', '/dev'];

/**
 * Says why a path may not be looked at.
 *
 * @param keepOut  absolute directories
 * @returns the reason; `undefined` when it may
 */
export async function refusePath(path: string, keepOut: readonly string[]): Promise<string | undefined> {
  const real = await realOrNearest(resolve(path));
  for (const directory of [...NO_FILES, ...keepOut]) {
    const closed = await realOrNearest(resolve(directory));
    if (real === closed || real.startsWith(closed + sep)) return 'no check may look there';
  }
  return undefined;
}

/** The link-free path; of what does not exist, the link-free parent and the rest of the name. */
async function realOrNearest(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    // Whatever can't be resolved can't be read through either: the parent decides.
    return dirname(path) === path ? path : join(await realOrNearest(dirname(path)), path.slice(dirname(path).length));
  }
}
