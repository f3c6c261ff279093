/** Where the program that runs a migration lies: beside this file, as source or compiled. */

import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { MigrationProgram } from '../../tools/index.ts';

/** Names the program: this very Node, and the script in the same form as this file. */
export function migrationProgram(): MigrationProgram {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return {
    node: realpathSync(process.execPath),
    nodeVersion: process.version,
    script: fileURLToPath(new URL(`./apply-migration.${extension}`, import.meta.url)),
  };
}
