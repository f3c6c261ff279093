/** Makes a file that SQLite will open, without ever opening one that is there already. */

import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes an empty 0600 file in a 0700 directory; leaves an existing one untouched.
 *
 * To open an existing one here, and close it again, would take away the locks that this process holds on it through SQLite.
 *
 * @see https://www.sqlite.org/howtocorrupt.html section 2.2
 */
export function makePrivateFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    closeSync(openSync(path, 'ax', 0o600));
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown;
  }
}
