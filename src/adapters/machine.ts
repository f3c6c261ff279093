/** The machine as one value: clock, randomness, files, helper programs and SHA-256. */

import { hostname, tmpdir } from 'node:os';
import { execPath } from 'node:process';
import type { Clock, Files, HashFunction, Processes, Random } from '../kernel/index.ts';
import type { StateLocks } from '../tools/index.ts';
import { accountName } from './caller/read-caller.ts';
import { systemClock } from './clock/system-clock.ts';
import { nodeFiles } from './files/node-files.ts';
import { sha256 } from './hash/sha256.ts';
import { findRunning } from './launcher/running-processes.ts';
import { httpStateLocks } from './locks/http-state-locks.ts';
import { nodeProcesses } from './processes/node-processes.ts';
import { systemRandom } from './random/system-random.ts';

/** The basic ports of this machine. */
export type Machine = {
  readonly clock: Clock;
  readonly random: Random;
  readonly files: Files;
  readonly processes: Processes;
  readonly hash: HashFunction;
  /** Asks who holds the lock of a state. */
  readonly locks: StateLocks;
  /** How many processes carry the mark of a claim now. */
  readonly countMarked: (claim: string) => Promise<number>;
  /** The machine's own name. */
  readonly host: string;
  /** Where the system keeps temporary files. */
  readonly temporaryDirectory: string;
  /** Absolute path of this Node. */
  readonly nodePath: string;
};

/** Opens the machine that this process runs on. */
export function openMachine(): Machine {
  return {
    clock: systemClock(),
    random: systemRandom(),
    files: nodeFiles(),
    processes: nodeProcesses(),
    hash: sha256,
    locks: httpStateLocks({ random: systemRandom(), who: `${accountName()}@${hostname()}` }),
    countMarked: async (claim) => (await findRunning()).filter((one) => one.claim === claim).length,
    host: hostname(),
    temporaryDirectory: tmpdir(),
    nodePath: execPath,
  };
}
