/** Every way back from a half-made Terraform change, played to its end: found, proposed, approved, executed, verified, released. */

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { type ChaosLoop, chaosLoop } from '../support/chaos-provider/chaos-loop.ts';
import { eventually, stateRows } from '../support/chaos-provider/chaos-stage.ts';
import { CHAOS_REQUIRED } from '../support/chaos-provider/install-provider.ts';
import { HttpState } from '../support/state-backends/http-state.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { needs } from './needs.ts';

const terraformTest = needs('terraform', 'ssh-keygen');

const ONE = 'resource "chaos_thing" "a" {\n  name = "one"\n}\n';

type Found = {
  readonly found: readonly string[];
  readonly recoveries: readonly {
    readonly kind: string;
    readonly subject: string | null;
    readonly isPossible: boolean;
    readonly whyNot: string | null;
    readonly command: string | null;
  }[];
};

/** Where the programs of these tests are, and no sandbox: behind one a plan does not reach a state server of this machine. */
function withoutSandbox(): string {
  const directory = temporaryDirectory();
  for (const name of ['terraform', 'ssh-keygen', 'sh', 'sleep']) {
    const found = (process.env['PATH'] ?? '').split(':').find((place) => existsSync(join(place, name)));
    if (found !== undefined) symlinkSync(join(found, name), join(directory, name));
  }
  return directory;
}

async function look(loop: ChaosLoop, id: string): Promise<Found> {
  // The shape is documented as countersign.recover/1.
  return (await loop.json('recover', id)) as unknown as Found;
}

/** Proposes a recovery and takes it round the loop; returns its id. */
async function recover(loop: ChaosLoop, id: string, ...how: readonly string[]): Promise<string> {
  const proposed = await loop.json('recover', id, '--with', ...how);
  expect(proposed).toMatchObject({ kind: 'open' });
  const recovery = String(proposed['id']);
  await loop.approve(recovery);
  const executed = await loop.run('execute', recovery);
  expect(executed).toMatchObject({ code: 0, stdout: expect.stringContaining('completed') });
  expect(await loop.run('verify', recovery)).toMatchObject({ code: 0 });
  expect(await loop.show(recovery)).toMatchObject({ state: 'closed', outcome: 'completed', verdict: 'confirmed' });
  return recovery;
}

async function release(loop: ChaosLoop, id: string, recovery: string): Promise<void> {
  const note = ['--note', 'it is right again', '--ssh-key', loop.key];
  expect(await loop.run('reconcile', id, '--through', recovery, ...note)).toMatchObject({ code: 0 });
  expect(await loop.show(id)).toMatchObject({ state: 'closed' });
}

terraformTest(
  '[TERRAFORM-21, L6, L7] push-state: the state that the backend refused is written, and a plan finds nothing left',
  async () => {
    const backend = await HttpState.start();
    const loop = await chaosLoop({ PATH: withoutSandbox() });
    // A file of variables beside the directory: what runs lies deeper in its copy than what is looked at afterwards.
    const beside = ['--', '-var-file=../names.tfvars'];
    writeFileSync(join(loop.root, 'names.tfvars'), 'name = "one"\n');
    await loop.configure(`${backend.configuration}variable "name" {}\n${ONE.replace('"one"', 'var.name')}`);
    backend.writing = { kind: 'refused', kept: 0 };
    const id = await loop.goRound(...beside);
    expect(await loop.show(id)).toMatchObject({ state: 'held', outcome: 'indeterminate' });
    backend.writing = { kind: 'kept' };
    const seen = await look(loop, id);
    expect(seen.found).toContain(
      'Terraform could not save the state: errored.tfstate lies in the private directory of the run',
    );
    expect(seen.recoveries.map(({ kind, isPossible, whyNot }) => [kind, isPossible, whyNot])).toEqual([
      ['push-state', true, null],
      ['import', true, null],
      ['replan', true, null],
    ]);
    const recovery = await recover(loop, id, 'push-state');
    expect(stateRows(backend.state)).toEqual(['chaos_thing.a thing-1']);
    expect(loop.cloud.effects()).toEqual(['create one']);
    await release(loop, id, recovery);
    const again = await loop.json(
      'propose',
      'terraform',
      '--dir',
      loop.directory,
      '--target',
      'chaos',
      '--intent',
      'nothing is left',
      ...beside,
    );
    expect(again).toMatchObject({ kind: 'unplannable', why: 'there is nothing to change' });
  },
);

terraformTest('[TERRAFORM-21] untaint: what was left half-made and is whole is not made again', async () => {
  const loop = await chaosLoop();
  await loop.configure('resource "chaos_thing" "a" {\n  name = "one"\n  mode = "partial"\n}\n');
  const id = await loop.goRound();
  expect(loop.state()).toEqual(['chaos_thing.a thing-1 tainted']);
  const recovery = await recover(loop, id, 'untaint', 'chaos_thing.a');
  expect(loop.state()).toEqual(['chaos_thing.a thing-1']);
  expect(loop.cloud.effects()).toEqual(['create one']);
  await release(loop, id, recovery);
});

terraformTest(
  '[TERRAFORM-22] import: an orphan is taken into the state together with the rest of the plan',
  async () => {
    const loop = await chaosLoop();
    await loop.configure(
      'resource "chaos_thing" "a" {\n  name = "one"\n  mode = "lost"\n}\nresource "chaos_thing" "b" {\n  name = "two"\n  depends_on = [chaos_thing.a]\n}\n',
    );
    const id = await loop.goRound();
    expect((await look(loop, id)).recoveries).toMatchObject([
      { kind: 'import', subject: 'chaos_thing.a=ID' },
      { kind: 'replan' },
    ]);
    const recovery = await recover(loop, id, 'import', 'chaos_thing.a=thing-1');
    expect(loop.state()).toEqual(['chaos_thing.a thing-1', 'chaos_thing.b thing-2']);
    expect(loop.cloud.effects()).toEqual(['create one', 'create two']);
    expect(existsSync(`${loop.directory}/countersign_imports.tf`)).toBe(false);
    await release(loop, id, recovery);
  },
);

terraformTest(
  '[TERRAFORM-21, TERRAFORM-23] force-unlock: the lock of a killed apply is removed, and only with proof',
  async () => {
    const backend = await HttpState.start();
    const loop = await chaosLoop({ PATH: withoutSandbox() });
    await loop.configure(`${backend.configuration}${ONE}`);
    loop.cloud.overrule('hang');
    const proposed = await loop.proposeChaos();
    const { id } = JSON.parse(proposed.stdout) as { readonly id: string };
    await loop.approve(id);
    const running = loop.run('execute', id);
    await eventually(
      () => loop.cloud.isRaised('stands-one'),
      () => 'the apply',
    );
    await killTerraform(loop.root);
    await running;
    loop.cloud.overrule(undefined);
    await loop.run('verify', id);
    const alive = await look(loop, id);
    expect(alive.recoveries[0]).toMatchObject({ kind: 'force-unlock', isPossible: false, command: null });
    expect(alive.recoveries[0]?.whyNot).toContain('1 of the processes of the execution are alive and may hold it');
    expect(await loop.run('recover', id, '--with', 'force-unlock')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('may hold it'),
    });
    process.kill(Number(loop.cloud.note('stands-one')), 'SIGKILL');
    await eventually(
      () => commandLine(loop.cloud.note('stands-one')).join('') === '',
      () => 'the end of the provider',
    );
    expect(await loop.show(id)).toMatchObject({ state: 'held', outcome: 'indeterminate' });
    const left = backend.lock;
    expect(left).toMatchObject({ Operation: 'OperationTypeApply' });
    const seen = await look(loop, id);
    expect(seen.recoveries[0]).toMatchObject({
      kind: 'force-unlock',
      subject: left?.ID,
      isPossible: true,
      whyNot: null,
    });
    const recovery = await recover(loop, id, 'force-unlock');
    expect(backend.lock).toBe(undefined);
    await release(loop, id, recovery);
  },
);

/** Kills the apply of a loop with `kill -9`, as a machine that runs out of memory does. */
async function killTerraform(root: string): Promise<void> {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const words = commandLine(pid);
    if (words.includes('apply') && words.some((word) => word.startsWith(root))) process.kill(Number(pid), 'SIGKILL');
  }
}

function commandLine(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    // It ended while it was looked at.
    return [];
  }
}

terraformTest(
  '[TERRAFORM-23] force-unlock: a foreign owner, another time and another lock are refused, and a lock that changed is stale',
  async () => {
    const backend = await HttpState.start();
    const loop = await chaosLoop({ PATH: withoutSandbox() });
    await loop.configure(`${backend.configuration}${ONE}`);
    loop.cloud.overrule('crash');
    const id = await loop.goRound();
    expect(await loop.show(id)).toMatchObject({ state: 'held' });
    const own = { ID: 'lock-1', Operation: 'OperationTypeApply', Who: `${userInfo().username}@${hostname()}` };
    const why = async (lock: object): Promise<string> => {
      // As a server keeps it: the members that Terraform writes.
      backend.lock = lock as NonNullable<HttpState['lock']>;
      const [first] = (await look(loop, id)).recoveries;
      expect(first).toMatchObject({ kind: 'force-unlock', isPossible: false });
      return first?.whyNot ?? '';
    };
    const now = new Date().toISOString();
    expect(await why({ ...own, Who: 'eve@elsewhere', Created: now })).toContain(
      `eve@elsewhere holds the lock lock-1 since ${now}, for OperationTypeApply, and this runner is ${own.Who}`,
    );
    expect(await why({ ...own, Created: now })).toContain('and the execution took its own between');
    expect(await why({ ...own, Created: '2020-01-01T00:00:00Z' })).toContain('and the execution took its own between');
    expect(await why({ ...own, Operation: 'untaint', Created: now })).toContain('that is not an apply');
    expect(await loop.run('recover', id, '--with', 'force-unlock', 'lock-1')).toMatchObject({ code: 1 });

    // A server that says nothing readable of the holder: Terraform then shows itself as the holder, and is not believed.
    backend.lock = { ...own, Created: 'long ago' } as NonNullable<HttpState['lock']>;
    expect((await look(loop, id)).found).toContain(
      "who holds the lock of the state can't be read: its server does not say by whom",
    );
    const began = await firstChange(loop, id);
    backend.lock = { ...own, Created: began } as NonNullable<HttpState['lock']>;
    const proposed = await loop.json('recover', id, '--with', 'force-unlock');
    expect(proposed).toMatchObject({ kind: 'open' });
    const recovery = String(proposed['id']);
    await loop.approve(recovery);
    backend.lock = { ...own, ID: 'lock-2', Created: began } as NonNullable<HttpState['lock']>;
    expect(await loop.run('execute', recovery)).toMatchObject({ code: 1 });
    expect(await loop.show(recovery)).toMatchObject({ state: 'stale' });
    expect(backend.lock).toMatchObject({ ID: 'lock-2' });
  },
);

terraformTest(
  '[TERRAFORM-23] push-state: another lineage and a newer serial are refused, and nothing is written',
  async () => {
    const backend = await HttpState.start();
    const loop = await chaosLoop({ PATH: withoutSandbox() });
    await loop.configure(`${backend.configuration}${ONE}`);
    await loop.terraform('apply', '-auto-approve', '-input=false');
    await loop.configure(`${backend.configuration}${ONE.replace('one', 'two')}`);
    backend.writing = { kind: 'refused', kept: 0 };
    const id = await loop.goRound();
    backend.writing = { kind: 'kept' };
    const before = backend.state;
    const why = async (): Promise<string> => {
      const found = (await look(loop, id)).recoveries.find(({ kind }) => kind === 'push-state');
      expect(found).toMatchObject({ isPossible: false, command: null });
      return found?.whyNot ?? '';
    };
    backend.state = before.replace(/"lineage": "[^"]*"/, '"lineage": "other"');
    expect(await why()).toContain('errored.tfstate belongs to another state');
    backend.state = before.replace('"serial": 1', '"serial": 7');
    expect(await why()).toContain('the present state has serial 7, errored.tfstate has 2');
    backend.state = before.replace('"serial": 1', '"serial": 2');
    expect(await why()).toContain('both say something else under one number');
    expect(await loop.json('recover', id, '--with', 'push-state')).toMatchObject({ kind: 'unplannable' });
    backend.state = before;
    await release(loop, id, await recover(loop, id, 'push-state'));
    expect(stateRows(backend.state)).toEqual(['chaos_thing.a thing-1']);
  },
);

terraformTest(
  '[TERRAFORM-23, L3] neither lock nor state of another place is repaired, though it bears the same target name',
  async () => {
    const [backend, other] = [await HttpState.start(), await HttpState.start()];
    const loop = await chaosLoop({ PATH: withoutSandbox() });
    await loop.configure(`${backend.configuration}${ONE}`);
    backend.writing = { kind: 'refused', kept: 0 };
    const id = await loop.goRound();
    expect(await loop.show(id)).toMatchObject({ state: 'held' });
    const elsewhere = join(loop.root, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'main.tf'), `${CHAOS_REQUIRED}${other.configuration}${ONE}`);
    const init = ['init', '-input=false', '-no-color'];
    await promisify(execFile)('terraform', init, { cwd: elsewhere, env: loop.environment });
    const propose = async (...words: readonly string[]) => {
      const what = ['--dir', elsewhere, '--target', 'chaos', '--recovers', id, '--intent', 'put it right'];
      return await loop.json('propose', 'terraform', ...what, '--', ...words);
    };
    // Somebody alive works there: the same account, in the very moment in which the held execution took its own lock.
    const living = {
      ID: 'living-lock',
      Operation: 'OperationTypeApply',
      Who: `${userInfo().username}@${hostname()}`,
      Created: await firstChange(loop, id),
    };
    other.lock = living;
    other.asked.length = 0;
    const refusal = {
      kind: 'unplannable',
      why: `${id} changed another state than the one that is bound here`,
      next: 'ask where it was bound as that was sealed',
    };
    expect(await propose('force-unlock', 'living-lock')).toMatchObject(refusal);
    expect(other.lock).toEqual(living);
    other.lock = undefined;
    expect(await propose('state', 'push')).toMatchObject(refusal);
    expect(await propose('untaint', 'chaos_thing.a')).toMatchObject(refusal);
    expect(other.state).toBe('');
    // Nobody even asked for the lock of that place.
    expect(other.asked.filter((one) => !one.startsWith('GET'))).toEqual([]);
  },
);

terraformTest('[TERRAFORM-23] push-state: where there was a state and now is none, nothing is pushed', async () => {
  const backend = await HttpState.start();
  const loop = await chaosLoop({ PATH: withoutSandbox() });
  await loop.configure(`${backend.configuration}${ONE}`);
  await loop.terraform('apply', '-auto-approve', '-input=false');
  await loop.configure(`${backend.configuration}${ONE.replace('one', 'two')}`);
  backend.writing = { kind: 'refused', kept: 0 };
  const id = await loop.goRound();
  backend.writing = { kind: 'kept' };
  backend.state = '';
  expect(await loop.json('recover', id, '--with', 'push-state')).toMatchObject({
    kind: 'unplannable',
    why: 'there was a state when the change was sealed, and now there is none',
    next: 'find out who removed it; restore it from its backup first',
  });
  expect(backend.state).toBe('');
});

terraformTest(
  '[TERRAFORM-22, L1] replan: a mended provisioner; an agent proposes it, and neither approves nor executes',
  async () => {
    const loop = await chaosLoop();
    const broken = 'resource "terraform_data" "a" {\n  provisioner "local-exec" {\n    command = "exit 7"\n  }\n}\n';
    await loop.configure(broken);
    const id = await loop.goRound();
    expect(await loop.show(id)).toMatchObject({ state: 'held', outcome: 'partial' });
    await loop.configure(broken.replace('exit 7', 'true'));
    const agent = { CLAUDECODE: '1' };
    const proposed = await loop.runAs(agent, 'recover', id, '--with', 'replan', '--json');
    const { id: recovery, kind } = JSON.parse(proposed.stdout) as { readonly id: string; readonly kind: string };
    expect(kind).toBe('open');
    for (const act of [
      ['approve', recovery, '--ssh-key', loop.key, '--yes'],
      ['execute', recovery],
    ]) {
      expect(await loop.runAs(agent, ...act)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('AGENT_SESSION'),
      });
    }
    await loop.approve(recovery);
    expect(await loop.run('execute', recovery)).toMatchObject({ code: 0, stderr: '' });
    expect(await loop.run('verify', recovery)).toMatchObject({ code: 0 });
    await release(loop, id, recovery);
    expect(await loop.run('recover', recovery)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('holds nothing that could be recovered'),
    });
  },
);

/** When the first change of an execution began, as its own output in the private directory of the runner says. */
async function firstChange(loop: ChaosLoop, id: string): Promise<string> {
  const runs = join(`${loop.home}-runner`, 'runs');
  const run = readdirSync(runs).find((name) => name.startsWith(id)) ?? '';
  const line = readFileSync(join(runs, run, 'output', 'stdout'), 'utf8')
    .split('\n')
    .find((one) => one.includes('"apply_start"'));
  // Terraform's own event; every one has a time.
  return new Date((JSON.parse(line ?? '{}') as { readonly '@timestamp': string })['@timestamp']).toISOString();
}
