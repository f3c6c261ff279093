/** Bare Terraform with the chaos provider in a place of its own: what Terraform says, beside what the world is. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterwards, temporaryDirectory } from '../temporary.ts';
import { Cloud } from './cloud.ts';
import { CHAOS_REQUIRED, installChaosProvider } from './install-provider.ts';

/** How a command ended. */
export type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Both streams, in the order of arrival. */
  readonly said: string;
};

const DEADLINE_MS = 60_000;

/** One stage per test; it is struck when the test is over, and providers that are left end with it. */
export class ChaosStage {
  readonly root: string = temporaryDirectory();
  readonly directory: string = join(this.root, 'infra');
  readonly cloud: Cloud = new Cloud(join(this.root, 'cloud'));

  constructor() {
    mkdirSync(this.directory);
    installChaosProvider(this.root, this.cloud.directory);
  }

  /** Writes the configuration; what every one needs is put before it. */
  write(configuration: string): void {
    writeFileSync(join(this.directory, 'main.tf'), `${CHAOS_REQUIRED}${configuration}`);
  }

  has(path: string): boolean {
    return existsSync(join(this.directory, path));
  }

  /** The objects of a local state, as `chaos_thing.a thing-1`, with ` tainted` behind those that are. */
  state(path = 'terraform.tfstate'): readonly string[] {
    if (!this.has(path)) return [];
    return stateRows(readFileSync(join(this.directory, path), 'utf8'));
  }

  /** The name and the size that a local state holds of its only object. */
  remembers(): readonly [name: unknown, size: unknown] {
    const { resources } = JSON.parse(readFileSync(join(this.directory, 'terraform.tfstate'), 'utf8')) as State;
    const attributes = resources[0]?.instances[0]?.attributes;
    return [attributes?.name, attributes?.size];
  }

  async terraform(...args: readonly string[]): Promise<Ended> {
    return await this.start(...args).ended;
  }

  /** Initialises and applies; throws when that does not end well. */
  async settle(configuration: string): Promise<void> {
    this.write(configuration);
    for (const args of [['init'], ['apply', '-auto-approve']]) {
      const { code, said } = await this.terraform(...args);
      if (code !== 0) throw new TypeError(said);
    }
  }

  start(...args: readonly string[]): RunningTerraform {
    return new RunningTerraform(this.root, this.directory, args);
  }
}

/** A terraform that runs, in a process group of its own. */
export class RunningTerraform {
  readonly ended: Promise<Ended>;
  readonly child: ChildProcess;
  #said = '';

  constructor(home: string, directory: string, [command = '', ...args]: readonly string[]) {
    const options = ['init', 'plan', 'apply', 'destroy', 'import'].includes(command)
      ? ['-input=false', '-no-color']
      : [];
    this.child = spawn('terraform', [command, ...options, ...args], {
      cwd: directory,
      env: { PATH: process.env['PATH'] ?? '', HOME: home, TF_CLI_CONFIG_FILE: '/dev/null', CHECKPOINT_DISABLE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#said += chunk.toString();
      });
    }
    // The exit and not the close: a provider that hangs holds the pipes open when Terraform is gone.
    this.ended = new Promise((resolve) => {
      this.child.on('exit', (code, signal) => setImmediate(() => resolve({ code, signal, said: this.#said })));
    });
    afterwards(() => this.#reap());
  }

  /** Waits until something is so. */
  async until(isSo: () => boolean): Promise<void> {
    await eventually(isSo, () => this.#said);
  }

  /** Waits until it printed something. */
  async says(text: string): Promise<void> {
    await this.until(() => this.#said.includes(text));
  }

  #reap(): void {
    if (this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, 'SIGKILL');
    } catch {
      // Nothing of the group is left, which is how it should be.
    }
  }
}

/** Waits for a condition. @param because  what to say when it never holds */
export async function eventually(isSo: () => boolean, because: () => string): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!isSo()) {
    if (Date.now() > deadline) throw new TypeError(`never came: ${because()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

type StateObject = { readonly status?: string; readonly attributes: Readonly<Record<'id' | 'name' | 'size', unknown>> };
type StateResource = { readonly type: string; readonly name: string; readonly instances: readonly StateObject[] };
type State = { readonly resources: readonly StateResource[] };

/** The objects of a state, one a line. */
export function stateRows(text: string): readonly string[] {
  if (text === '') return [];
  const { resources } = JSON.parse(text) as State;
  return resources.flatMap(({ type, name, instances }) =>
    instances.map(({ status, attributes }) => `${type}.${name} ${attributes.id}${status ? ` ${status}` : ''}`),
  );
}
