/** A place to measure the loop in: homes, a key, an approver, and programs that are run to their end as a person would wait for them. */

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../src/surfaces/cli/main.ts', import.meta.url));
const MOST_OUTPUT_BYTES = 1024 * 1024 * 1024;

/** What is measured of one change, in the order in which it is made. */
export const PHASES = ['plan', 'apply', 'propose', 'approve', 'execute', 'verify'] as const;

/** One of them. */
export type Phase = (typeof PHASES)[number];

/** How long a program took, what it printed, and its own peak of memory where it was asked for; children not counted. */
export type Taken = { readonly ms: number; readonly stdout: string; readonly peakBytes: number };

/** The place. */
export class LoopStage {
  readonly root = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  readonly #key = join(this.root, 'key');
  readonly #peak = join(this.root, 'peak');
  readonly #environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: this.root,
    CHECKPOINT_DISABLE: '1',
    TF_IN_AUTOMATION: '1',
    TF_CLI_CONFIG_FILE: join(this.root, 'terraform.rc'),
    COUNTERSIGN_HOME: join(this.root, 'home'),
    NODE_COMPILE_CACHE: join(this.root, 'compile-cache'),
  };

  constructor() {
    writeFileSync(join(this.root, 'terraform.rc'), '');
    const tell = `process.on('exit', () => writeFileSync(${JSON.stringify(this.#peak)}, String(process.resourceUsage().maxRSS)));`;
    writeFileSync(join(this.root, 'peak.mjs'), `import { writeFileSync } from 'node:fs';\n${tell}\n`);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', this.#key]);
    this.countersign('approver', 'add', 'ann', '--ssh-key', `${this.#key}.pub`);
  }

  /** A directory with this configuration and nothing else of ours. */
  directory(name: string, configuration: string): string {
    const path = join(this.root, name);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'main.tf'), configuration);
    return path;
  }

  /** Runs one program to its end and takes its time. Anything but 0 ends the bench. */
  taken(file: string, args: readonly string[], cwd: string): Taken {
    rmSync(this.#peak, { force: true });
    const startMs = performance.now();
    const options = { cwd, env: this.#environment, encoding: 'utf8', maxBuffer: MOST_OUTPUT_BYTES } as const;
    const ended = spawnSync(file, [...args], options);
    const ms = performance.now() - startMs;
    if (ended.status !== 0)
      throw new TypeError(`${file} ${args.join(' ')} ended with ${ended.status}: ${ended.stderr}`);
    const peakBytes = existsSync(this.#peak) ? Number(readFileSync(this.#peak, 'utf8')) * 1024 : Number.NaN;
    return { ms, stdout: ended.stdout, peakBytes };
  }

  countersign(...args: readonly string[]): Taken {
    return this.taken(process.execPath, ['--import', join(this.root, 'peak.mjs'), MAIN, ...args], this.root);
  }

  propose(dir: string): { readonly id: string; readonly taken: Taken } {
    const where = ['--dir', dir, '--target', 'infra', '--intent', 'measure'];
    const taken = this.countersign('propose', 'terraform', ...where, '--json');
    const { id } = JSON.parse(taken.stdout) as { readonly id: string };
    return { id, taken };
  }

  /** The same change by bare Terraform in one directory and by the loop in another. */
  playRound(name: string, configuration: string): Record<Phase, Taken> {
    const bare = this.directory(`${name}-bare`, configuration);
    const plan = this.taken('terraform', ['plan', '-input=false', '-no-color', '-out=plan.bin'], bare);
    const apply = this.taken('terraform', ['apply', '-input=false', '-no-color', 'plan.bin'], bare);
    const { id, taken: propose } = this.propose(this.directory(`${name}-looped`, configuration));
    const approve = this.countersign('approve', id, '--ssh-key', this.#key, '--yes');
    const execute = this.countersign('execute', id);
    return { plan, apply, propose, approve, execute, verify: this.countersign('verify', id) };
  }

  strike(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
