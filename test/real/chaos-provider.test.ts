/** What bare Terraform says after each way to fail half-way, beside what the world is then. */

import { rmSync } from 'node:fs';
import { expect } from 'vitest';
import { ChaosStage, eventually } from '../support/chaos-provider/chaos-stage.ts';
import { needs } from './needs.ts';

const terraformTest = needs('terraform');

type Wish = { readonly [attribute: string]: string | number };

/** The configuration of one thing. */
function thing(label: string, attributes: Wish): string {
  const lines = Object.entries(attributes).map(([name, value]) => `  ${name} = ${JSON.stringify(value)}`);
  return `resource "chaos_thing" "${label}" {\n${lines.join('\n')}\n}\n`;
}

function attributesOf(stage: ChaosStage): readonly unknown[] {
  return stage.cloud
    .things()
    .map(({ id, isHalf, attributes: { name, size, zone } }) => ({ id, isHalf, name, size, zone }));
}

async function initialised(configuration: string): Promise<ChaosStage> {
  const stage = new ChaosStage();
  stage.write(configuration);
  expect(await stage.terraform('init')).toMatchObject({ code: 0 });
  return stage;
}

const FAILING: readonly {
  readonly mode: string;
  readonly says: string;
  readonly stands: readonly string[];
  readonly state: readonly string[];
  readonly next: string;
}[] = [
  {
    mode: 'quota',
    says: 'Error: the quota of this account is used up',
    stands: [],
    state: [],
    next: 'Plan: 1 to add, 0 to change, 0 to destroy.',
  },
  {
    mode: 'partial',
    says: 'Error: it was made, and never became ready',
    stands: ['thing-1'],
    state: ['chaos_thing.a thing-1 tainted'],
    next: 'chaos_thing.a is tainted, so must be replaced',
  },
  {
    mode: 'lost',
    says: 'Error: the connection was lost before the answer came',
    stands: ['thing-1'],
    state: [],
    next: 'Plan: 1 to add, 0 to change, 0 to destroy.',
  },
  {
    mode: 'crash',
    says: 'Error: Plugin did not respond',
    stands: ['thing-1'],
    state: [],
    next: 'Plan: 1 to add, 0 to change, 0 to destroy.',
  },
];

terraformTest.each(FAILING)(
  '[TERRAFORM-14] $mode: what Terraform says of a creation, what its state holds, and what really stands',
  async ({ mode, says, stands, state, next }) => {
    const stage = await initialised(thing('a', { name: 'one', mode }));
    const applied = await stage.terraform('apply', '-auto-approve');
    expect(applied.code).toBe(1);
    expect(applied.said).toContain(says);
    expect(stage.cloud.things().map(({ id }) => id)).toEqual(stands);
    expect(stage.state()).toEqual(state);
    expect((await stage.terraform('plan')).said).toContain(next);
  },
);

terraformTest(
  '[TERRAFORM-14] lost, and applied again: the orphan stays and a second thing stands beside it',
  async () => {
    const stage = await initialised(thing('a', { name: 'one', mode: 'lost' }));
    await stage.terraform('apply', '-auto-approve');
    await stage.settle(thing('a', { name: 'one' }));
    expect(stage.cloud.effects()).toEqual(['create one', 'create one']);
    expect(stage.cloud.things().map(({ id, creation }) => [id, creation])).toEqual([
      ['thing-1', 1],
      ['thing-2', 2],
    ]);
    expect(stage.state()).toEqual(['chaos_thing.a thing-2']);
    expect((await stage.terraform('plan', '-detailed-exitcode')).code).toBe(0);
  },
);

terraformTest(
  '[TERRAFORM-14] an orphan can be taken in by its id, and then there is nothing left to change',
  async () => {
    const stage = await initialised(thing('a', { name: 'one', mode: 'lost' }));
    await stage.terraform('apply', '-auto-approve');
    const unknown = await stage.terraform('import', 'chaos_thing.a', 'thing-7');
    expect(unknown.said).toContain('Error: there is no thing-7 in this world');
    expect((await stage.terraform('import', 'chaos_thing.a', 'thing-1')).code).toBe(0);
    expect(stage.state()).toEqual(['chaos_thing.a thing-1']);
    expect((await stage.terraform('plan', '-detailed-exitcode')).code).toBe(0);
    expect(stage.cloud.effects()).toEqual(['create one']);
  },
);

terraformTest(
  '[TERRAFORM-14] hang: one SIGTERM is not enough, a second ends Terraform with 1 and without a state, and the thing stands',
  async () => {
    const stage = await initialised(thing('a', { name: 'one', mode: 'hang' }));
    const running = stage.start('apply', '-auto-approve');
    await running.until(() => stage.cloud.isRaised('stands-one'));
    running.child.kill('SIGTERM');
    await running.says('Interrupt received.');
    expect(running.child.exitCode).toBe(null);
    running.child.kill('SIGTERM');
    const ended = await running.ended;
    expect(ended).toMatchObject({ code: 1, signal: null });
    expect(ended.said).toContain('Two interrupts received. Exiting immediately.');
    expect(ended.said).toContain('Error: operation canceled');
    expect(stage.cloud.things()).toHaveLength(1);
    expect(stage.state()).toEqual([]);
    expect(stage.has('errored.tfstate')).toBe(false);
  },
);

terraformTest('[TERRAFORM-14] slow: the effect waits for the word, and Terraform for the effect', async () => {
  const stage = await initialised(thing('a', { name: 'one', mode: 'slow' }));
  const running = stage.start('apply', '-auto-approve');
  await running.until(() => stage.cloud.isRaised('waits-one'));
  expect(stage.cloud.things()).toEqual([]);
  stage.cloud.raise('go');
  expect(await running.ended).toMatchObject({ code: 0 });
  expect(stage.state()).toEqual(['chaos_thing.a thing-1']);
});

terraformTest(
  '[TERRAFORM-14] a wrong id: Terraform ends with 0, and its next plan wants the thing once more',
  async () => {
    const stage = await initialised(thing('a', { name: 'one', mode: 'wrong-id' }));
    expect((await stage.terraform('apply', '-auto-approve')).said).toContain('Resources: 1 added');
    expect(stage.state()).toEqual(['chaos_thing.a thing-of-nobody']);
    expect(stage.cloud.things().map(({ id }) => id)).toEqual(['thing-1']);
    expect((await stage.terraform('plan')).said).toContain('Plan: 1 to add, 0 to change, 0 to destroy.');
  },
);

const UPDATES: readonly {
  readonly mode: string;
  readonly code: number;
  readonly name: string;
  readonly size: number;
  readonly isHalf: boolean;
  readonly remembered: readonly [string, number];
  readonly next: string;
}[] = [
  { mode: 'ok', code: 0, name: 'two', size: 2, isHalf: false, remembered: ['two', 2], next: 'No changes.' },
  { mode: 'quota', code: 1, name: 'one', size: 1, isHalf: false, remembered: ['one', 1], next: '~ size' },
  { mode: 'partial', code: 1, name: 'two', size: 1, isHalf: true, remembered: ['two', 1], next: '~ size' },
  { mode: 'lost', code: 1, name: 'two', size: 2, isHalf: false, remembered: ['one', 1], next: 'No changes.' },
  { mode: 'crash', code: 1, name: 'two', size: 2, isHalf: false, remembered: ['one', 1], next: 'No changes.' },
];

terraformTest.each(UPDATES)(
  '[TERRAFORM-14] $mode: an update in place never taints, whatever became of it',
  async ({ mode, code, name, size, isHalf, remembered, next }) => {
    const stage = new ChaosStage();
    await stage.settle(thing('a', { name: 'one', size: 1 }));
    stage.write(thing('a', { name: 'two', size: 2, mode }));
    expect((await stage.terraform('apply', '-auto-approve')).code).toBe(code);
    expect(stage.state()).toEqual(['chaos_thing.a thing-1']);
    expect(stage.remembers()).toEqual(remembered);
    expect(attributesOf(stage)).toEqual([{ id: 'thing-1', isHalf, name, size, zone: null }]);
    expect((await stage.terraform('plan')).said).toContain(next);
  },
);

const DESTRUCTIONS: readonly {
  readonly mode: string;
  readonly code: number;
  readonly stands: number;
  readonly state: readonly string[];
  readonly next: string;
}[] = [
  { mode: 'ok', code: 0, stands: 0, state: [], next: 'No changes.' },
  { mode: 'quota', code: 1, stands: 1, state: ['chaos_thing.a thing-1'], next: '0 to add, 0 to change, 1 to destroy' },
  {
    mode: 'partial',
    code: 1,
    stands: 1,
    state: ['chaos_thing.a thing-1'],
    next: '0 to add, 0 to change, 1 to destroy',
  },
  { mode: 'lost', code: 1, stands: 0, state: ['chaos_thing.a thing-1'], next: 'No changes.' },
  { mode: 'crash', code: 1, stands: 0, state: ['chaos_thing.a thing-1'], next: 'No changes.' },
];

terraformTest.each(DESTRUCTIONS)(
  '[TERRAFORM-14] $mode: a destruction that fails keeps its thing in the state, gone or not',
  async ({ mode, code, stands, state, next }) => {
    const stage = new ChaosStage();
    await stage.settle(thing('a', { name: 'one', size: 1, destroy_mode: mode }));
    stage.write('');
    expect((await stage.terraform('apply', '-auto-approve')).code).toBe(code);
    expect(stage.cloud.things()).toHaveLength(stands);
    expect(stage.state()).toEqual(state);
    expect((await stage.terraform('plan')).said).toContain(next);
  },
);

terraformTest(
  '[TERRAFORM-14] a replacement that lost its answer: the old thing is gone, the new one in no state',
  async () => {
    const stage = new ChaosStage();
    await stage.settle(thing('a', { name: 'one', zone: 'east' }));
    stage.write(thing('a', { name: 'one', zone: 'west', mode: 'lost' }));
    const applied = await stage.terraform('apply', '-auto-approve');
    expect(applied.said).toContain('chaos_thing.a must be replaced');
    expect(applied.said).toContain('# forces replacement');
    expect(applied.code).toBe(1);
    expect(stage.cloud.effects()).toEqual(['create one', 'delete one', 'create one']);
    expect(attributesOf(stage)).toEqual([{ id: 'thing-2', isHalf: false, name: 'one', size: null, zone: 'west' }]);
    expect(stage.state()).toEqual([]);
  },
);

terraformTest(
  '[TERRAFORM-14] drift between plan and apply: the saved plan is applied over it without a word',
  async () => {
    const stage = new ChaosStage();
    await stage.settle(thing('a', { name: 'one', size: 1 }));
    stage.write(thing('a', { name: 'one', size: 2 }));
    expect((await stage.terraform('plan', '-out=saved')).code).toBe(0);
    stage.cloud.change('thing-1', { size: 40, zone: 'moved by hand' });
    expect((await stage.terraform('apply', 'saved')).code).toBe(0);
    expect(attributesOf(stage)).toEqual([{ id: 'thing-1', isHalf: false, name: 'one', size: 2, zone: null }]);
    stage.cloud.delete('thing-1');
    expect((await stage.terraform('plan')).said).toContain('Plan: 1 to add, 0 to change, 0 to destroy.');
  },
);

terraformTest('[TERRAFORM-14] a world that can not be read: no plan, and nothing about what is there', async () => {
  const stage = new ChaosStage();
  await stage.settle(thing('a', { name: 'one' }));
  stage.cloud.raise('reads-fail');
  const failed = await stage.terraform('plan', '-detailed-exitcode');
  expect(failed.code).toBe(1);
  expect(failed.said).toContain('Error: the world does not answer');
  stage.cloud.lower('reads-fail');
  expect((await stage.terraform('plan', '-detailed-exitcode')).code).toBe(0);
});

terraformTest(
  '[TERRAFORM-14] a data source reads the world, a sensitive attribute is not printed, a type can change',
  async () => {
    const stage = new ChaosStage();
    const looking = 'data "chaos_things" "all" {}\noutput "names" {\n  value = data.chaos_things.all.names\n}\n';
    await stage.settle(`${thing('a', { name: 'one', password: 'hush-hush' })}`);
    stage.write(`${thing('a', { name: 'one', password: 'other-hush' })}${looking}`);
    const applied = await stage.terraform('apply', '-auto-approve');
    expect(applied.said).toContain('~ password = (sensitive value)');
    expect(applied.said).not.toContain('hush');
    expect((await stage.terraform('output', '-json', 'names')).said).toContain('["one"]');
    const moved = 'moved {\n  from = chaos_thing.a\n  to   = chaos_old_thing.b\n}\n';
    await stage.settle(
      `${thing('a', { name: 'one', password: 'other-hush' }).replace('"chaos_thing" "a"', '"chaos_old_thing" "b"')}${moved}`,
    );
    expect(stage.state()).toEqual(['chaos_old_thing.b thing-1']);
    expect(stage.cloud.effects()).toEqual(['create one', 'update one']);
  },
);

terraformTest('[TERRAFORM-14] kill -9: the provider outlives Terraform, and ends when its world is gone', async () => {
  const stage = await initialised(thing('a', { name: 'one', mode: 'hang' }));
  const running = stage.start('apply', '-auto-approve');
  await running.until(() => stage.cloud.isRaised('stands-one'));
  const provider = Number(stage.cloud.note('stands-one'));
  running.child.kill('SIGKILL');
  expect(await running.ended).toMatchObject({ code: null, signal: 'SIGKILL' });
  expect(isAlive(provider)).toBe(true);
  expect(stage.cloud.things()).toHaveLength(1);
  expect(stage.state()).toEqual([]);
  rmSync(stage.cloud.directory, { recursive: true });
  await eventually(
    () => !isAlive(provider),
    () => `the end of provider ${provider}`,
  );
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
