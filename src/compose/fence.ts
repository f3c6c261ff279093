/** The fence, composed: where there is a sandbox, foreign code runs in it; where there is none, that is said and never hidden. */

import { join } from 'node:path';
import { probeSandbox, type SandboxProbe, sandboxedProcesses } from '../adapters/index.ts';
import type { Processes } from '../kernel/index.ts';
import type { Base } from './base.ts';
import { PERSONAL_CREDENTIALS } from './personal-credentials.ts';

/** What runs behind the fence may do. */
export type FenceWish = {
  /** A directory that it may write to; made when it is not there. */
  readonly writable: string;
  /** Directories that it may read although they lie in a hidden one; made when they are not there. */
  readonly readable?: readonly string[] | undefined;
  /** Whether it is a plan, which may need credentials of clouds; a check that nobody has approved never does. */
  readonly isPlanning: boolean;
  /** Servers that it may reach. */
  readonly allowedDomains: readonly string[];
};

/** Whether this machine has a sandbox, and if not, why and what to do. */
export type FenceStatus = SandboxProbe;

const PRIVATE_DIRECTORY = 0o700;

/** Processes behind the fence; `undefined` where this machine has no sandbox. */
export async function fencedProcesses(base: Base, wish: FenceWish): Promise<Processes | undefined> {
  const probe = await probeFence(base);
  if (probe.kind === 'unavailable') return undefined;
  const { files, processes } = base.machine;
  const { writable, readable = [], isPlanning, allowedDomains } = wish;
  for (const directory of [writable, ...readable]) await files.makeDirectory(directory, PRIVATE_DIRECTORY);
  return sandboxedProcesses({
    processes,
    probe,
    writable: [writable],
    hidden: hidden(base, isPlanning),
    readable,
    allowedDomains,
  });
}

/** Probes the sandbox. */
export async function probeFence(base: Base): Promise<FenceStatus> {
  return await probeSandbox(base.machine.processes, base.environment['PATH'] ?? '');
}

function hidden({ homes, environment }: Base, isPlanning: boolean): readonly string[] {
  const home = environment['HOME'];
  const { noPlanNeeds, plansUse } = PERSONAL_CREDENTIALS;
  const personal = [...noPlanNeeds, ...(isPlanning ? [] : plansUse)];
  return [
    homes.trust,
    homes.runner,
    homes.verifier,
    ...(home === undefined ? [] : personal.map((name) => join(home, name))),
  ];
}
