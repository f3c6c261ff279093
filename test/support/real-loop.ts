/** The whole loop on this machine, through the real command line: homes, key, and changes whose effects can be counted. */

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { type Ran, typeCommandLine } from './command-line.ts';
import { COMPILE_CACHE } from './compile-cache.ts';
import { temporaryDirectory } from './temporary.ts';

/** The command line's entry. */
export const MAIN: string = fileURLToPath(new URL('../../src/surfaces/cli/main.ts', import.meta.url));

/** The drivers that a change can be made with. */
export const DRIVERS = ['argv', 'sqlite', 'terraform'] as const;

/** One of them. */
export type LoopDriver = (typeof DRIVERS)[number];

/** A world to run the loop in. */
export type RealLoop = {
  readonly root: string;
  readonly home: string;
  /** An empty directory to propose from. */
  readonly place: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly key: string;
  /** Types a command inside the test's process. */
  readonly run: (...args: readonly string[]) => Promise<Ran>;
  readonly runAs: (more: Readonly<Record<string, string>>, ...args: readonly string[]) => Promise<Ran>;
  /** Types a command in a process of its own, which can be killed. */
  readonly start: (...args: readonly string[]) => Promise<Ran>;
  readonly json: (...args: readonly string[]) => Promise<Record<string, unknown>>;
  /** Proposes a change whose one effect can be counted; returns its id. */
  readonly propose: (driver: LoopDriver, options?: { readonly hold?: boolean }) => Promise<string>;
  readonly approve: (id: string) => Promise<void>;
  /** How often the effect of a driver's change stands in the world. */
  readonly effects: (driver: LoopDriver) => number;
  /** What the record says of a proposal. */
  readonly show: (id: string) => Promise<Shown>;
};

/** What `show --json` tells that these tests look at. */
export type Shown = {
  readonly state: string;
  readonly outcome: string | null;
  readonly verdict: string | null;
  readonly outcomeBecause: readonly string[];
  readonly resources: readonly { readonly address: string; readonly status: string }[];
  readonly events: readonly { readonly seq: number; readonly type: string }[];
};

/** Makes homes, a key and an approver. @param root  an empty directory; one that is gone after the test when left out */
export async function realLoop(
  root: string = temporaryDirectory(),
  more: Readonly<Record<string, string>> = {},
): Promise<RealLoop> {
  const home = join(root, 'home');
  const key = join(root, 'ann');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  writeFileSync(join(root, 'terraform.rc'), '');
  mkdirSync(join(root, 'place'));
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: root,
    LANG: 'C.UTF-8',
    CHECKPOINT_DISABLE: '1',
    TF_CLI_CONFIG_FILE: join(root, 'terraform.rc'),
    COUNTERSIGN_HOME: home,
    ...COMPILE_CACHE,
    ...more,
  };
  const runAs = (more: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ran> =>
    typeCommandLine({ ...environment, ...more }, args);
  const run = (...args: readonly string[]): Promise<Ran> => runAs({}, ...args);
  const json = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
    const at = args.indexOf('--');
    const typed = at === -1 ? [...args, '--json'] : [...args.slice(0, at), '--json', ...args.slice(at)];
    return JSON.parse((await run(...typed)).stdout) as Record<string, unknown>;
  };
  const loop: RealLoop = {
    root,
    home,
    place: join(root, 'place'),
    key,
    environment,
    run,
    runAs,
    start: (...args) => startProgram(environment, root, [MAIN, ...args]),
    json,
    propose: (driver, options) => proposeChange({ root, json }, driver, options?.hold === true),
    approve: async (id) => {
      const ran = await run('approve', id, '--ssh-key', key, '--yes');
      if (ran.code !== 0) throw new Error(`not approved: ${ran.stderr}`);
    },
    effects: (driver) => countEffects(root, driver),
    // The shape is documented as countersign.show/1; a test of its own holds it.
    show: async (id) => (await json('show', id)) as unknown as Shown,
  };
  const first = await run('approver', 'add', 'ann', '--ssh-key', `${key}.pub`);
  if (first.code !== 0) throw new Error(`no approver: ${first.stderr}`);
  return loop;
}

/** Starts a program of ours and waits for its end. @param under  a program, with its arguments, that starts it */
export async function startProgram(
  environment: Readonly<Record<string, string>>,
  directory: string,
  args: readonly string[],
  under: readonly string[] = [],
): Promise<Ran> {
  return await new Promise((resolve) => {
    const [file = process.execPath, ...before] = [...under, process.execPath];
    const child = spawn(file, [...before, ...args], {
      env: environment,
      cwd: directory,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

type Proposing = { readonly root: string; readonly json: RealLoop['json'] };

/** The change waits for the file `go` when it is to be held open in the middle of its effect; a migration waits for its readers. */
async function proposeChange(parts: Proposing, driver: LoopDriver, isHeld: boolean): Promise<string> {
  const { root, json } = parts;
  const effect = join(root, `${driver}.effect`);
  const wait = isHeld ? `touch '${root}/began'; while [ ! -e '${root}/go' ]; do sleep 0.05; done;` : '';
  const script = `echo ran >> '${effect}'; ${wait} true`;
  const place = join(root, `${driver}-place`);
  mkdirSync(place, { recursive: true });
  const common = ['--target', `${driver}-target`, '--intent', `one ${driver} effect`];
  const check = ['--check', `{file: {path: "${effect}", expect: {contains: ran}}}`];
  switch (driver) {
    case 'argv':
      return idOf(await json('propose', 'argv', '--dir', place, ...common, ...check, '--', 'sh', '-c', script));
    case 'terraform':
      writeFileSync(join(place, 'main.tf'), terraformText(script));
      return idOf(await json('propose', 'terraform', '--dir', place, ...common, ...check));
    case 'sqlite': {
      const database = join(place, 'shop.db');
      if (!existsSync(database)) {
        const db = new DatabaseSync(database);
        db.exec('create table orders (id integer primary key, item text)');
        db.close();
      }
      writeFileSync(join(place, 'add.sql'), "insert into orders (item) values ('tea');\n");
      return idOf(
        await json('propose', 'sqlite', '--database', database, '--migration', join(place, 'add.sql'), ...common),
      );
    }
  }
}

function terraformText(script: string): string {
  return `resource "terraform_data" "effect" {
  provisioner "local-exec" {
    command = ${JSON.stringify(script)}
  }
}
resource "terraform_data" "after" {
  depends_on = [terraform_data.effect]
  input      = "x"
}
`;
}

function idOf(answer: Record<string, unknown>): string {
  if (typeof answer['id'] !== 'string' || answer['state'] !== 'open')
    throw new Error(`not open: ${JSON.stringify(answer)}`);
  return answer['id'];
}

function countEffects(root: string, driver: LoopDriver): number {
  if (driver === 'sqlite') {
    const db = new DatabaseSync(join(root, 'sqlite-place', 'shop.db'));
    const row = db.prepare("select count(*) as n from orders where item = 'tea'").get();
    db.close();
    return Number(row?.['n']);
  }
  const path = join(root, `${driver}.effect`);
  return existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line === 'ran').length
    : 0;
}
