/** A real Terraform directory in a temporary place, and the few steps that the loop takes with the driver. */

import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { nodeFiles, nodeProcesses, sha256 } from '../../../src/adapters/index.ts';
import type { Manifest, ProcessEnd } from '../../../src/kernel/index.ts';
import { digestJson } from '../../../src/kernel/index.ts';
import {
  type Driver,
  type ExecutionTrace,
  type FreshPlan,
  type OpenedBundle,
  type PlanAnswer,
  planSealedTerraform,
  terraformDriver,
} from '../../../src/tools/index.ts';

import { NO_PAST } from '../../support/no-past.ts';

export const SEARCH_PATH: string = process.env['PATH'] ?? '/usr/bin:/bin';

export type Planned = Extract<PlanAnswer, { readonly kind: 'planned' }>;

function driver(): Driver {
  const processes = nodeProcesses();
  return terraformDriver({
    ...NO_PAST,
    processes,
    sandboxed: processes,
    files: nodeFiles(),
    hash: sha256,
    searchPath: SEARCH_PATH,
  });
}

/** One stage per test; `strike` removes it. */
export class TerraformStage {
  readonly root: string = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-terraform-')));
  readonly directory: string = join(this.root, 'infra');
  readonly driver: Driver = driver();

  constructor(files: Readonly<Record<string, string>>) {
    mkdirSync(this.directory);
    this.write(files);
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [path, content] of Object.entries(files)) {
      const full = join(this.directory, path);
      mkdirSync(dirname(full), { recursive: true });
      writeFileSync(full, content);
      if (path.endsWith('.sh')) chmodSync(full, 0o755);
    }
  }

  read(path: string): string {
    return readFileSync(join(this.directory, path), 'utf8');
  }

  has(path: string): boolean {
    return existsSync(join(this.directory, path));
  }

  private(prefix: string): string {
    return mkdtempSync(join(this.root, prefix));
  }

  /** `terraform init`, as a person runs it. */
  async initialise(inside = '.', more: Readonly<Record<string, string>> = {}): Promise<void> {
    const done = await nodeProcesses().run({
      file: 'terraform',
      args: ['init', '-input=false', '-no-color'],
      directory: join(this.directory, inside),
      environment: { PATH: SEARCH_PATH, TF_CLI_CONFIG_FILE: '/dev/null', ...more },
      timeoutMs: 30_000,
      maxOutputBytes: 65_536,
    });
    if (done.end.kind !== 'exited' || done.end.code !== 0) throw new TypeError(new TextDecoder().decode(done.stderr));
  }

  async plan(argv: readonly string[] = [], environment: Readonly<Record<string, string>> = {}): Promise<PlanAnswer> {
    return await this.driver.plan({
      proposal: 'p1',
      directory: this.directory,
      argv,
      environment: { PATH: SEARCH_PATH, ...environment },
      secretVariables: Object.keys(environment).filter((name) => name.includes('SECRET')),
      scratch: this.private('scratch-'),
    });
  }

  async planned(argv: readonly string[] = [], environment: Readonly<Record<string, string>> = {}): Promise<Planned> {
    const answer = await this.plan(argv, environment);
    if (answer.kind !== 'planned') throw new TypeError(`not planned: ${answer.why}\n${answer.text}`);
    return answer;
  }

  /** What the runner holds, materialised. */
  async open(planned: Planned): Promise<OpenedBundle> {
    const bundle = this.seal(planned);
    await this.driver.materialise(bundle);
    return bundle;
  }

  seal(planned: Planned): OpenedBundle {
    const secretVariables = Object.keys(planned.environmentVariables).filter((name) => name.includes('SECRET'));
    const isSecret = (name: string): boolean => secretVariables.includes(name);
    const entries = Object.entries(planned.environmentVariables);
    const blobs = new Map(planned.blobs.map((blob) => [blob.name, blob.content]));
    const secrets = Object.fromEntries(entries.filter(([name]) => isSecret(name)));
    if (secretVariables.length > 0) blobs.set('environment', new TextEncoder().encode(JSON.stringify(secrets)));
    const manifest: Manifest = {
      schema: 'countersign.bundle/1',
      proposal: 'p1',
      target: 'stage',
      environment: 'sandbox',
      driver: 'terraform',
      intent: 'a test',
      proposer: { kind: 'person', name: 'ann' },
      tool: planned.tool,
      argv: planned.argv,
      directory: this.directory,
      environmentVariables: Object.fromEntries(entries.filter(([name]) => !isSecret(name))),
      secretVariables,
      facts: planned.facts,
      checks: planned.checks,
      runner: { name: 'runner', key: '', account: 'test' },
      blobs: [],
      previewDigest: digestJson(sha256, planned.preview),
      sealedAtMs: 0,
    };
    return { manifest, blobs, runDirectory: this.private('run-') };
  }

  /** Starts the one command in a process group of its own. */
  start(bundle: OpenedBundle): Running {
    return new Running(this.driver, bundle);
  }

  async execute(bundle: OpenedBundle): Promise<Awaited<ReturnType<Driver['observe']>>> {
    return await this.start(bundle).observe();
  }

  /** Puts the driver's own check, as a verifier does. */
  async planAfresh(planned: Planned): Promise<FreshPlan> {
    const sealedDirectory = planned.blobs.find(({ name }) => name === 'directory')?.content ?? new Uint8Array();
    return await planSealedTerraform(
      { processes: nodeProcesses(), files: nodeFiles(), hash: sha256 },
      {
        question: planned.checks[0]?.question ?? {},
        sealedDirectory,
        environment: { PATH: SEARCH_PATH },
        scratch: this.private('verify-'),
      },
    );
  }

  strike(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** A terraform that runs. */
export class Running {
  readonly child: ChildProcess;
  #stdout = '';
  readonly #ended: Promise<ExecutionTrace>;
  readonly #driver: Driver;
  readonly #bundle: OpenedBundle;

  constructor(of: Driver, bundle: OpenedBundle) {
    this.#driver = of;
    this.#bundle = bundle;
    const command = of.command(bundle);
    this.child = spawn(command.file, [...command.args], {
      cwd: command.directory,
      env: { ...command.environment },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#ended = this.#follow();
  }

  get output(): string {
    return this.#stdout;
  }

  async observe(): ReturnType<Driver['observe']> {
    return await this.#driver.observe(this.#bundle, await this.#ended);
  }

  async until(text: string): Promise<void> {
    const deadline = Date.now() + 20_000;
    while (!this.#stdout.includes(text)) {
      if (Date.now() > deadline) throw new TypeError(`never printed ${text}: ${this.#stdout}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Reaps what outlived its leader. */
  reap(): void {
    if (this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, 'SIGKILL');
    } catch {
      // Nothing outlived it.
    }
  }

  async #follow(): Promise<ExecutionTrace> {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    this.child.stdout?.on('data', (chunk: Buffer) => {
      stdout.push(chunk);
      this.#stdout += chunk.toString();
    });
    this.child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
    const end = await new Promise<ProcessEnd>((resolve) => {
      this.child.on('exit', (code, signal) =>
        resolve(code === null ? { kind: 'signalled', signal: signal ?? '' } : { kind: 'exited', code }),
      );
    });
    await new Promise((resolve) => setImmediate(resolve));
    return { end, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr), survivors: 0 };
  }
}
