/** Composed for every command: this process's surroundings, and the level that holds here. */

import { assessLevel, type Level } from '../adapters/index.ts';
import type { Surroundings } from '../compose.ts';
import { type Base, setVariables } from './base.ts';

/** The surroundings of this process. */
export function composeSurroundings(base: Base): Surroundings {
  const { caller, account, homes, environment } = base;
  const { clock, files, processes } = base.machine;
  return {
    caller,
    account,
    homes,
    clock,
    files,
    processes,
    environment,
    programEnvironment: setVariables(environment),
  };
}

/** Advisory or enforced, by owners and permissions. */
export async function composeLevel(base: Base): Promise<Level> {
  return await assessLevel(base.homes);
}
