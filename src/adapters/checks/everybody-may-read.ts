/** Whether every account of the machine may read a path: an answer about it then tells nobody more than they can find out. */

import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

const OTHERS_MAY_READ = 0o004n;
const OTHERS_MAY_PASS = 0o001n;

/**
 * Looks at the permissions of others, from the root down to the path. What is not there is open where the way to it is.
 *
 * @param path  absolute and link-free as far as it exists
 * @param opened  what was opened at the path: where the path means something else by now, nobody may read it
 */
export async function everybodyMayRead(path: string, opened?: BigIntStats): Promise<boolean> {
  try {
    const found = await statOf(path);
    if (opened !== undefined && (found?.ino !== opened.ino || found.dev !== opened.dev)) return false;
    if (found !== undefined && (found.mode & OTHERS_MAY_READ) === 0n) return false;
    for (let above = dirname(path); ; above = dirname(above)) {
      const directory = await statOf(above);
      if (directory !== undefined && (directory.mode & OTHERS_MAY_PASS) === 0n) return false;
      if (above === dirname(above)) return true;
    }
  } catch {
    // What this account can't look at is not open to everybody.
    return false;
  }
}

async function statOf(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true });
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw thrown;
  }
}
