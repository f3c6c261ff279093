/** Keeps checks out of places whose content must never be asked for, not even with yes or no. */

import type { BigIntStats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';

/** What the kernel of the machine serves there is no file of anybody's: the worker's own environment, for one. */
const NO_FILES = ['/proc', '/sys', '/dev'];

/**
 * Says why a path may not be looked at.
 *
 * @param keepOut  absolute directories
 * @param opened  what was opened at the path already: it must still be what the path means
 * @returns the reason; `undefined` when it may
 */
export async function refusePath(
  path: string,
  keepOut: readonly string[],
  opened?: Pick<BigIntStats, 'dev' | 'ino'>,
): Promise<string | undefined> {
  const real = await realOrNearest(path);
  if (opened !== undefined && !(await isStill(real, opened))) return 'it was replaced while it was looked at';
  for (const directory of [...NO_FILES, ...keepOut]) {
    const closed = await realOrNearest(resolve(directory));
    if (real === closed || real.startsWith(closed + sep)) return 'no check may look there';
  }
  return undefined;
}

async function isStill(real: string, opened: Pick<BigIntStats, 'dev' | 'ino'>): Promise<boolean> {
  try {
    const found = await stat(real, { bigint: true });
    return found.ino === opened.ino && found.dev === opened.dev;
  } catch {
    // It went away: what was opened is not what the path means.
    return false;
  }
}

/**
 * The link-free path, as the system takes it: `..` after a link is the parent of where the link leads. Of what does not exist, the
 * link-free parent and the rest of the name.
 *
 * @param path  absolute
 */
export async function realOrNearest(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    // Whatever can't be resolved can't be read through either: the parent decides.
    return dirname(path) === path ? path : join(await realOrNearest(dirname(path)), path.slice(dirname(path).length));
  }
}
