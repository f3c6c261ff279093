/** Composed for every command: this process's surroundings, and the level that holds here. */

import { assessLevel, type EnvironmentVariables, type Homes, type Level } from '../adapters/index.ts';
import type { Agent, Clock, Files, Person, Processes } from '../kernel/index.ts';
import { type Base, setVariables } from './base.ts';

/** What every command may ask of this process's surroundings, before anything is opened. */
export type Surroundings = {
  /** Who typed the command. */
  readonly caller: Person | Agent;
  readonly account: string;
  readonly homes: Homes;
  readonly clock: Clock;
  readonly files: Files;
  readonly processes: Processes;
  readonly environment: EnvironmentVariables;
  /** The environment as programs take it. */
  readonly programEnvironment: Readonly<Record<string, string>>;
};

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
