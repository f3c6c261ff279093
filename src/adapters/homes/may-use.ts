/** Whether this account may use a home, as the operating system says. */

import { constants } from 'node:fs';
import { access } from 'node:fs/promises';

/** Tells whether a directory is readable and writable by this account, or is not there yet. */
export async function mayUse(directory: string): Promise<boolean> {
  try {
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
  }
}
