import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openMachine, spawnedCheckWorkers } from '../../src/adapters/index.ts';
import type { CheckSpec, OutcomeKind } from '../../src/kernel/index.ts';
import { lookAt, type VerifyAnswer, verifyExecution } from '../../src/loop/verify/index.ts';
import { terraformDriver } from '../../src/tools/index.ts';
import { COMPILE_CACHE } from '../support/compile-cache.ts';
import { NO_PAST } from '../support/no-past.ts';
import {
  approve,
  type BundleOptions,
  check,
  claim,
  finish,
  openWorld,
  propose,
  start,
  type World,
} from '../support/verify-world.ts';
import { needs } from './needs.ts';

const machine = openMachine();
const terraformTest = needs('terraform');

let world: World;
let site = '';
beforeEach(async () => {
  const opened = await openWorld();
  site = join(opened.directory, 'site');
  mkdirSync(site);
  const at = (name: string): string => join(opened.directory, name);
  const workers = spawnedCheckWorkers({
    ...machine,
    fencedProcesses: machine.processes,
    nodePath: process.execPath,
    environment: { PATH: process.env['PATH'] ?? '', ...COMPILE_CACHE },
    secretVariables: [],
    mayOthersPropose: false,
    keepOut: [],
    places: { scratch: at('errands'), fencedScratch: at('scratch'), programs: at('programs') },
  });
  world = { ...opened, parts: { ...opened.parts, workers } };
});
afterEach(() => world.close());

/** Takes a proposal through a real look, a change of the world, and a real verdict. */
async function through(
  checks: readonly CheckSpec[],
  outcome: OutcomeKind,
  change: () => void,
  options: BundleOptions = {},
): Promise<VerifyAnswer> {
  await propose(world, 'p1', checks, options);
  await approve(world, 'p1');
  await claim(world, 'p1');
  const looked = await lookAt(world.parts, 'p1');
  if (looked.kind === 'refused') throw new TypeError(looked.why);
  await start(world, 'p1');
  change();
  await finish(world, 'p1', outcome);
  return await verifyExecution(world.parts, 'p1');
}

function everyKind(): readonly CheckSpec[] {
  const path = join(site, 'shop.db');
  const database = new DatabaseSync(path);
  database.exec('create table orders (id integer)');
  database.close();
  return [
    check('file', 'file', { path: join(site, 'release'), expect: { equals: 'v2' } }),
    check('command', 'command', { argv: ['cat', join(site, 'release')], expect: { stdout: { equals: 'v2' } } }),
    check('rows', 'sqlite', { path, query: 'select count(*) from orders', expect: { scalar: 1 } }),
  ];
}

function release(version: string): void {
  writeFileSync(join(site, 'release'), version);
}

function order(): void {
  const database = new DatabaseSync(join(site, 'shop.db'));
  database.exec('insert into orders values (1)');
  database.close();
}

test('[VERIFY-02, VERIFY-01, L7] real checks that were red before and are green after confirm what was approved', async () => {
  const answer = await through(everyKind(), 'completed', () => {
    release('v2');
    order();
  });
  expect(answer).toMatchObject({
    kind: 'verified',
    verdict: { kind: 'confirmed' },
    state: {
      kind: 'closed',
      baseline: [
        { id: 'file', answer: 'red' },
        { id: 'command', answer: 'red' },
        { id: 'rows', answer: 'red' },
      ],
    },
  });
});

test('[VERIFY-02, L6, L7] a change that went half-way is refuted, whatever its runner called it', async () => {
  const answer = await through(everyKind(), 'completed', () => release('v2'));
  expect(answer).toMatchObject({
    verdict: {
      kind: 'refuted',
      isAsBefore: false,
      findings: [{ role: 'confirms' }, { role: 'confirms' }, { id: 'rows', role: 'refutes', why: 'is red' }],
    },
    state: { kind: 'held' },
  });
});

test('[VERIFY-06, L6] a change without effect leaves a world that is as before, and closes', async () => {
  const answer = await through(everyKind(), 'no-effect', () => undefined);
  expect(answer).toMatchObject({
    verdict: { kind: 'refuted', isAsBefore: true },
    state: { kind: 'closed', mark: 'no-effect' },
  });
});

test('[VERIFY-06, L6] a change without effect in a world that changed all the same is held', async () => {
  const answer = await through(everyKind(), 'no-effect', () => release('v1'));
  expect(answer).toMatchObject({ verdict: { kind: 'refuted', isAsBefore: false }, state: { kind: 'held' } });
});

const CONFIGURATION = `
resource "terraform_data" "release" {
  input = "v2"
}
`;

function terraform(directory: string, ...args: readonly string[]): void {
  const ended = spawnSync('terraform', args, {
    cwd: directory,
    env: { PATH: process.env['PATH'], TF_CLI_CONFIG_FILE: '/dev/null', CHECKPOINT_DISABLE: '1' },
    encoding: 'utf8',
  });
  if (ended.status !== 0) throw new TypeError(`terraform ${args[0]}: ${ended.stdout}${ended.stderr}`);
}

/** Plans with the real driver; the plan check and the sealed directory are the driver's own. */
async function planned(): Promise<{ readonly checks: readonly CheckSpec[]; readonly options: BundleOptions }> {
  writeFileSync(join(site, 'main.tf'), CONFIGURATION);
  terraform(site, 'init', '-input=false');
  const scratch = join(world.directory, 'planning');
  mkdirSync(scratch, { mode: 0o700 });
  const driver = terraformDriver({
    ...machine,
    ...NO_PAST,
    sandboxed: machine.processes,
    searchPath: process.env['PATH'] ?? '',
  });
  const plan = await driver.plan({
    proposal: 'p1',
    directory: site,
    argv: [],
    environment: { PATH: process.env['PATH'] ?? '', ...COMPILE_CACHE },
    secretVariables: [],
    scratch,
  });
  if (plan.kind !== 'planned') throw new TypeError(plan.why);
  const content = plan.blobs.find(({ name }) => name === 'directory')?.content;
  if (content === undefined) throw new TypeError('the driver sealed no directory');
  const digest = await world.blobs.put(content);
  const blobs = [{ name: 'directory', digest, sizeBytes: content.byteLength, sealing: 'age' as const }];
  return { checks: plan.checks, options: { manifest: { driver: 'terraform', directory: site, blobs } } };
}

terraformTest(
  '[VERIFY-16, L7] a fresh plan is red before a real apply and empty after it, and touches neither state nor directory',
  async () => {
    const { checks, options } = await planned();
    let state = '';
    const answer = await through(
      checks,
      'completed',
      () => {
        terraform(site, 'apply', '-auto-approve', '-input=false');
        state = readFileSync(join(site, 'terraform.tfstate'), 'utf8');
      },
      options,
    );
    expect(answer).toMatchObject({
      kind: 'verified',
      verdict: { kind: 'confirmed', findings: [{ role: 'confirms' }] },
      state: {
        kind: 'closed',
        baseline: [{ answer: 'red', observed: { changes: 1, resources: 'create terraform_data.release' } }],
      },
    });
    expect(readFileSync(join(site, 'terraform.tfstate'), 'utf8')).toBe(state);
  },
);

terraformTest(
  '[VERIFY-16, VERIFY-08, L5, L7] after an unknown end the empty plan alone leaves the target held',
  async () => {
    const { checks, options } = await planned();
    const apply = (): void => terraform(site, 'apply', '-auto-approve', '-input=false');
    expect(await through(checks, 'indeterminate', apply, options)).toMatchObject({
      verdict: {
        kind: 'inconclusive',
        findings: [{ role: 'unknown', why: 'a plan after an unknown end confirms only beside another check' }],
      },
      state: { kind: 'held' },
    });
  },
);

terraformTest(
  '[VERIFY-16, L6] a plan that finds the same changes as before says that nothing took effect',
  async () => {
    const { checks, options } = await planned();
    expect(await through(checks, 'no-effect', () => undefined, options)).toMatchObject({
      verdict: { kind: 'refuted', isAsBefore: true },
      state: { kind: 'closed', mark: 'no-effect' },
    });
  },
);

terraformTest('[VERIFY-16, L3] a terraform that is not the sealed one is not asked', async () => {
  const { checks, options } = await planned();
  const [plan] = checks;
  if (plan === undefined) throw new TypeError('the driver declared no check');
  const question = { ...plan.question, tool: { path: '/bin/true', digest: 'a'.repeat(64) } };
  const answer = await through([{ ...plan, question }], 'completed', () => undefined, options);
  expect(answer).toMatchObject({
    verdict: { kind: 'inconclusive' },
    state: {
      verdicts: [{ observations: [{ detail: expect.stringContaining('/bin/true is not the sealed terraform') }] }],
    },
  });
});
