/** Where everything lives: four directories, so that each can belong to another user. */

import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** The four homes. At the enforced level each belongs to a user of its own. */
export type Homes = {
  /** Record, blobs and jobs of the control plane: `COUNTERSIGN_HOME`. */
  readonly state: string;
  /** The operator's trust file and its signature: `COUNTERSIGN_TRUST_HOME`. */
  readonly trust: string;
  /** The runner's keys, ledger, pin and private copies: `COUNTERSIGN_RUNNER_HOME`. */
  readonly runner: string;
  /** The verifier's keys, pin and remembered head: `COUNTERSIGN_VERIFIER_HOME`. */
  readonly verifier: string;
};

/** The environment of a process. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/**
 * Reads the homes from the environment, or derives them: next to `COUNTERSIGN_HOME`, which is the platform's data directory by default.
 *
 * @returns absolute paths; nothing is created
 */
export function readHomes(environment: EnvironmentVariables, platform: NodeJS.Platform): Homes {
  const state = absolute(environment['COUNTERSIGN_HOME']) ?? join(dataDirectory(environment, platform), 'countersign');
  return {
    state,
    trust: absolute(environment['COUNTERSIGN_TRUST_HOME']) ?? `${state}-trust`,
    runner: absolute(environment['COUNTERSIGN_RUNNER_HOME']) ?? `${state}-runner`,
    verifier: absolute(environment['COUNTERSIGN_VERIFIER_HOME']) ?? `${state}-verifier`,
  };
}

function absolute(path: string | undefined): string | undefined {
  return path === undefined || path === '' ? undefined : resolve(path);
}

function dataDirectory(environment: EnvironmentVariables, platform: NodeJS.Platform): string {
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support');
  const declared = environment['XDG_DATA_HOME'];
  // The XDG base directory specification says to ignore relative paths.
  return declared !== undefined && isAbsolute(declared) ? declared : join(homedir(), '.local', 'share');
}
