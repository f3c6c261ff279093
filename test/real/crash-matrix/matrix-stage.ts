/** One world for one cell of the crash matrix: a loop, a provider with a world of its own, and a backend. */

import { execFile, execFileSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { eventually } from '../../support/chaos-provider/chaos-stage.ts';
import { Cloud } from '../../support/chaos-provider/cloud.ts';
import { CHAOS_REQUIRED, installChaosProvider } from '../../support/chaos-provider/install-provider.ts';
import type { Ran } from '../../support/command-line.ts';
import { MAIN, type RealLoop, realLoop, startProgram } from '../../support/real-loop.ts';
import { markedLeader } from '../../support/running-tool.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import type { BackendKind } from './fault-names.ts';
import { type MatrixBackend, matrixBackend } from './matrix-backend.ts';

const DEADLY: string = fileURLToPath(new URL('../kill/die-at-write.ts', import.meta.url));
const DOOMED: string = fileURLToPath(new URL('../kill/execute-and-die.ts', import.meta.url));

/** Under which circumstances a runner is started. */
export type HowToExecute = {
  /** A module that is loaded before it. */
  readonly preload?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** A program that starts it. */
  readonly under?: readonly string[];
};

/** Programs that commands of this machine find. No sandbox is among them: nothing behind it reaches a server of this machine. */
const PROGRAMS: readonly string[] = ['terraform', 'ssh-keygen', 'sh'];

/** What every cell starts with: three objects, the one in the middle goes wrong. */
export const CHAIN = `resource "chaos_thing" "before" {
  name = "before"
}
resource "chaos_thing" "a" {
  name       = "one"
  depends_on = [chaos_thing.before]
}
resource "chaos_thing" "after" {
  name       = "after"
  depends_on = [chaos_thing.a]
}
`;

/** The stage of one cell. */
export class MatrixStage {
  readonly loop: RealLoop;
  readonly backend: MatrixBackend;
  readonly cloud: Cloud;
  readonly directory: string;

  private constructor(loop: RealLoop, backend: MatrixBackend, directory: string) {
    this.loop = loop;
    this.backend = backend;
    this.directory = directory;
    this.cloud = new Cloud(join(loop.root, 'cloud'));
    installChaosProvider(loop.root, this.cloud.directory);
  }

  static async make(kind: BackendKind): Promise<MatrixStage> {
    const root = temporaryDirectory();
    const loop = await realLoop(root, { PATH: programs(join(root, 'bin')) });
    const directory = join(root, 'infra');
    mkdirSync(directory);
    return new MatrixStage(loop, await matrixBackend(kind, directory), directory);
  }

  /** Writes the configuration and initialises the directory, as a person does. */
  async configure(configuration: string): Promise<void> {
    writeFileSync(join(this.directory, 'main.tf'), `${CHAOS_REQUIRED}${this.backend.configuration}${configuration}`);
    await this.terraform('init', '-input=false', '-no-color');
  }

  /** Types terraform by hand. @returns its exit code; never a synchronous start: a state server lives in this very process */
  async terraform(...args: readonly string[]): Promise<number> {
    try {
      await promisify(execFile)('terraform', args, { cwd: this.directory, env: this.loop.environment });
      return 0;
    } catch (thrown) {
      if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'number') return thrown.code;
      throw thrown;
    }
  }

  /** Proposes what the directory says, and has it approved. @returns its id */
  async approved(...options: readonly string[]): Promise<string> {
    const where = ['--dir', this.directory, '--target', 'matrix', '--intent', 'three things'];
    const proposed = await this.loop.run('propose', 'terraform', ...where, ...options, '--json');
    if (proposed.code !== 0) throw new TypeError(`not proposed: ${proposed.stdout}${proposed.stderr}`);
    const { id } = JSON.parse(proposed.stdout) as { readonly id: string };
    await this.loop.approve(id);
    return id;
  }

  /** Executes in a process of its own. */
  async execute(id: string, how: HowToExecute = {}): Promise<Ran> {
    const preload = how.preload === undefined ? [] : ['--import', how.preload];
    const environment = { ...this.loop.environment, ...how.environment };
    const args = [...preload, MAIN, 'execute', id];
    return await startProgram(environment, this.loop.root, args, how.under);
  }

  /** Verifies in a process that is killed after its first durable write. */
  async verifyAndDie(id: string): Promise<void> {
    const environment = { ...this.loop.environment, DIE_AFTER_WRITE: '1' };
    const died = await startProgram(environment, this.loop.root, ['--import', DEADLY, MAIN, 'verify', id]);
    if (died.code !== null) throw new TypeError(`the verifier did not die: ${died.stderr}`);
  }

  /** Runs a runner so that everything below it finds no space left for the state. */
  noSpaceForState(): HowToExecute {
    const state = join(this.directory, 'terraform.tfstate');
    const calls = 'write,pwrite64,ftruncate';
    return {
      under: [whereIs('strace'), '-f', '-qq', '-o', '/dev/null', '-P', state, '-e', `inject=${calls}:error=ENOSPC`],
    };
  }

  /** Executes in a process that is killed with `kill -9` at one step of the sequence. */
  async executeAndDie(id: string, step: string): Promise<void> {
    const died = await startProgram(this.loop.environment, this.loop.root, [DOOMED, id, step]);
    if (died.code !== null) throw new TypeError(`it did not die at ${step}: ${died.stderr}`);
  }

  /** Waits until the middle object is at some point: `waits` before its effect, `stands` after it. */
  async until(point: 'waits' | 'stands'): Promise<void> {
    await eventually(
      () => this.cloud.isRaised(`${point}-one`),
      () => this.toolSaid(),
    );
  }

  async untilSaid(text: string): Promise<void> {
    await eventually(
      () => this.toolSaid().includes(text),
      () => this.toolSaid(),
    );
  }

  /** Until the state holds an object. */
  async untilRemembered(object: string): Promise<void> {
    const rows = (): readonly string[] => {
      try {
        return this.backend.rows();
      } catch {
        // A state can't be read while it is being written.
        return [];
      }
    };
    await eventually(
      () => rows().some((row) => row.endsWith(` ${object}`)),
      () => rows().join('\n'),
    );
  }

  /** The terraform that a runner started. */
  tool(): number {
    const pid = markedLeader(this.loop.root);
    if (pid === undefined) throw new TypeError('no terraform runs');
    return pid;
  }

  /** Everything that Terraform printed in the newest execution; empty once the runner has put it away. */
  toolSaid(): string {
    const [newest] = globSync(join(this.loop.root, 'home-runner/runs/*/output/stdout')).slice(-1);
    return newest === undefined ? '' : readFileSync(newest, 'utf8');
  }
}

/** A PATH with these programs and nothing else. */
function programs(directory: string): string {
  mkdirSync(directory);
  for (const name of PROGRAMS) {
    symlinkSync(whereIs(name), join(directory, name));
  }
  return directory;
}

function whereIs(program: string): string {
  return execFileSync('/bin/sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim();
}
