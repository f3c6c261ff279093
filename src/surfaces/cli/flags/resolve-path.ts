/** Paths as people type them, seen from where they stand. */

import { resolve } from 'node:path';

/** Makes a path absolute, from the working directory of this process. */
export function resolvePath(path: string): string {
  return resolve(path);
}
