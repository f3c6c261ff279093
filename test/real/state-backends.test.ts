/** What real Terraform does on real backends: locks, refused writes, and what a killed apply leaves. */

import { expect } from 'vitest';
import { ChaosStage, stateRows } from '../support/chaos-provider/chaos-stage.ts';
import { HttpState } from '../support/state-backends/http-state.ts';
import { LocalPostgres } from '../support/state-backends/local-postgres.ts';
import { needs } from './needs.ts';

const terraformTest = needs('terraform');
const postgresTest = needs('terraform', 'postgres');

const ONE = 'resource "chaos_thing" "a" {\n  name = "one"\n}\n';

async function initialised(configuration: string): Promise<ChaosStage> {
  const stage = new ChaosStage();
  stage.write(configuration);
  expect(await stage.terraform('init')).toMatchObject({ code: 0 });
  return stage;
}

terraformTest('[TERRAFORM-15] http: the lock holds others off, writes carry its id, and it is given back', async () => {
  const backend = await HttpState.start();
  const stage = await initialised(`${backend.configuration}${ONE}`);
  stage.cloud.overrule('slow');
  const first = stage.start('apply', '-auto-approve');
  await first.until(() => stage.cloud.isRaised('waits-one'));
  expect(backend.lock).toMatchObject({ Operation: 'OperationTypeApply' });
  const second = await stage.terraform('apply', '-auto-approve');
  expect(second.code).toBe(1);
  expect(second.said).toContain('Error acquiring the state lock');
  expect(second.said).toContain(backend.lock?.ID);
  stage.cloud.raise('go');
  expect(await first.ended).toMatchObject({ code: 0 });
  expect(backend.lock).toBe(undefined);
  expect(stateRows(backend.state)).toEqual(['chaos_thing.a thing-1']);
  expect(backend.asked.filter((line) => !line.startsWith('GET'))).toEqual([
    'LOCK 200',
    'LOCK 423',
    'POST 200',
    'UNLOCK 200',
  ]);
});

terraformTest.each([
  { how: 'refused', writing: { kind: 'refused', kept: 0 } },
  { how: 'dropped', writing: { kind: 'dropped', isKept: false } },
] as const)(
  '[TERRAFORM-15] http: a state that is $how leaves errored.tfstate, which is the way back',
  async ({ writing }) => {
    const backend = await HttpState.start();
    const stage = await initialised(`${backend.configuration}${ONE}`);
    backend.writing = writing;
    const applied = await stage.terraform('apply', '-auto-approve');
    expect(applied.code).toBe(1);
    expect(applied.said).toContain('Creation complete');
    expect(applied.said).toContain('Error: Failed to save state');
    expect(applied.said).toContain('Error: Failed to persist state to backend');
    expect(stage.cloud.things()).toHaveLength(1);
    expect(backend.state).toBe('');
    expect(stage.state('errored.tfstate')).toEqual(['chaos_thing.a thing-1']);
    backend.writing = { kind: 'kept' };
    expect((await stage.terraform('plan')).said).toContain('Plan: 1 to add, 0 to change, 0 to destroy.');
    expect((await stage.terraform('state', 'push', 'errored.tfstate')).code).toBe(0);
    expect((await stage.terraform('plan', '-detailed-exitcode')).code).toBe(0);
    expect(stage.cloud.effects()).toEqual(['create one']);
  },
);

terraformTest('[TERRAFORM-15] http: an answer lost after the state was kept is an error all the same', async () => {
  const backend = await HttpState.start();
  const stage = await initialised(`${backend.configuration}${ONE}`);
  backend.writing = { kind: 'dropped', isKept: true };
  expect((await stage.terraform('apply', '-auto-approve')).code).toBe(1);
  expect(stateRows(backend.state)).toEqual(['chaos_thing.a thing-1']);
  expect(stage.state('errored.tfstate')).toEqual(['chaos_thing.a thing-1']);
  expect((await stage.terraform('plan', '-detailed-exitcode')).code).toBe(0);
});

terraformTest('[TERRAFORM-15] http: an apply that waits for its backend can be killed when all is made', async () => {
  const backend = await HttpState.start();
  const stage = await initialised(`${backend.configuration}${ONE}`);
  const { promise, resolve } = Promise.withResolvers<void>();
  backend.writing = { kind: 'held', until: promise };
  const running = stage.start('apply', '-auto-approve');
  await running.says('Creation complete');
  running.child.kill('SIGKILL');
  await running.ended;
  resolve();
  expect(stage.cloud.things()).toHaveLength(1);
  expect(stage.has('errored.tfstate')).toBe(false);
  expect(backend.lock).toMatchObject({ Operation: 'OperationTypeApply' });
});

terraformTest('[TERRAFORM-15] http: kill -9 leaves the lock for ever, until somebody breaks it by its id', async () => {
  const backend = await HttpState.start();
  const stage = await initialised(`${backend.configuration}${ONE}`);
  stage.cloud.overrule('hang');
  const running = stage.start('apply', '-auto-approve');
  await running.until(() => stage.cloud.isRaised('stands-one'));
  running.child.kill('SIGKILL');
  await running.ended;
  const held = backend.lock?.ID ?? 'none';
  const blocked = await stage.terraform('plan', '-lock-timeout=1s');
  expect(blocked.code).toBe(1);
  expect(blocked.said).toContain(held);
  expect((await stage.terraform('force-unlock', '-force', held)).code).toBe(0);
  expect(backend.lock).toBe(undefined);
  expect((await stage.terraform('plan')).said).toContain('Plan: 1 to add, 0 to change, 0 to destroy.');
  expect(stage.cloud.things()).toHaveLength(1);
});

const ADVISORY = "select count(*) from pg_locks where locktype = 'advisory'";
const STATES = 'select data from terraform_remote_state.states';

postgresTest('[TERRAFORM-15] pg: the lock holds others off, and is gone with the connection', async () => {
  const postgres = await LocalPostgres.start();
  const stage = await initialised(`${postgres.configuration}${ONE}`);
  stage.cloud.overrule('slow');
  const first = stage.start('apply', '-auto-approve');
  await first.until(() => stage.cloud.isRaised('waits-one'));
  expect(postgres.ask(ADVISORY)).toBe('1');
  const second = await stage.terraform('apply', '-auto-approve');
  expect(second.code).toBe(1);
  expect(second.said).toContain('Error acquiring the state lock');
  stage.cloud.raise('go');
  expect(await first.ended).toMatchObject({ code: 0 });
  expect(postgres.ask(ADVISORY)).toBe('0');
  expect(stateRows(postgres.ask(STATES))).toEqual(['chaos_thing.a thing-1']);
});

postgresTest(
  '[TERRAFORM-15] pg: after a kill -9 the lock is gone, the state is as before, and a plan says "No changes" of a half-done replacement',
  async () => {
    const postgres = await LocalPostgres.start();
    const stage = new ChaosStage();
    const lifecycle = ONE.replace('}\n', '  lifecycle {\n    create_before_destroy = true\n  }\n}\n');
    await stage.settle(`${postgres.configuration}${lifecycle}`);
    const before = postgres.ask(STATES);
    stage.cloud.overrule('hang');
    const running = stage.start('apply', '-auto-approve', '-replace=chaos_thing.a');
    await running.until(() => stage.cloud.isRaised('stands-one'));
    expect(postgres.ask(ADVISORY)).toBe('1');
    running.child.kill('SIGKILL');
    await running.ended;
    stage.cloud.overrule(undefined);
    await running.until(() => postgres.ask(ADVISORY) === '0');
    expect(postgres.ask(STATES)).toBe(before);
    const plan = await stage.terraform('plan', '-detailed-exitcode');
    expect(plan.code).toBe(0);
    expect(plan.said).toContain('No changes. Your infrastructure matches the configuration.');
    expect(stage.cloud.things().map(({ id }) => id)).toEqual(['thing-1', 'thing-2']);
  },
);
