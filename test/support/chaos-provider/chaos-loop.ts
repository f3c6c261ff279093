/** The whole loop around real Terraform and the chaos provider: what Countersign says, beside what the world is. */

import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Ran } from '../command-line.ts';
import { type RealLoop, realLoop } from '../real-loop.ts';
import { stateRows } from './chaos-stage.ts';
import { Cloud } from './cloud.ts';
import { CHAOS_REQUIRED, installChaosProvider } from './install-provider.ts';

/** A loop with one Terraform directory in it. */
export type ChaosLoop = RealLoop & {
  readonly cloud: Cloud;
  readonly directory: string;
  /** Writes the configuration and initialises the directory, as a person does. */
  readonly configure: (configuration: string) => Promise<void>;
  /** Types terraform by hand. @throws when it does not end well */
  readonly terraform: (...args: readonly string[]) => Promise<void>;
  readonly proposeChaos: (...options: readonly string[]) => Promise<Ran>;
  /** Proposes, approves, executes and verifies; returns the proposal's id. */
  readonly goRound: (...options: readonly string[]) => Promise<string>;
  /** The objects of the local state, as `chaos_thing.a thing-1`. */
  readonly state: () => readonly string[];
};

/** Makes the loop, the provider and its world. */
export async function chaosLoop(more: Readonly<Record<string, string>> = {}): Promise<ChaosLoop> {
  const loop = await realLoop(undefined, more);
  const cloud = new Cloud(join(loop.root, 'cloud'));
  installChaosProvider(loop.root, cloud.directory);
  const directory = join(loop.root, 'chaos');
  mkdirSync(directory);
  // Never a synchronous start: a state server of the test lives in this very process.
  const terraform = async (...args: readonly string[]): Promise<void> => {
    await promisify(execFile)('terraform', args, { cwd: directory, env: loop.environment });
  };
  const proposeChaos = async (...options: readonly string[]): Promise<Ran> =>
    await loop.run(
      'propose',
      'terraform',
      '--dir',
      directory,
      '--target',
      'chaos',
      '--intent',
      'chaos',
      '--json',
      ...options,
    );
  return {
    ...loop,
    cloud,
    directory,
    terraform,
    proposeChaos,
    configure: async (configuration) => {
      writeFileSync(join(directory, 'main.tf'), `${CHAOS_REQUIRED}${configuration}`);
      await terraform('init', '-input=false', '-no-color');
    },
    goRound: async (...options) => {
      const proposed = await proposeChaos(...options);
      const { id } = JSON.parse(proposed.stdout) as { readonly id: string };
      await loop.approve(id);
      await loop.run('execute', id);
      await loop.run('verify', id);
      return id;
    },
    state: () => stateRows(readFileSync(join(directory, 'terraform.tfstate'), 'utf8')),
  };
}
