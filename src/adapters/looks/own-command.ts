/** How to start countersign itself again, as another process: this very Node and this very program, source or compiled. */

import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';

/** Program and leading arguments of the countersign command. */
export function ownCommand(): readonly [file: string, ...args: readonly string[]] {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return [execPath, fileURLToPath(new URL(`../../surfaces/cli/main.${extension}`, import.meta.url))];
}
