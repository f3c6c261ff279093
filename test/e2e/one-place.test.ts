/** One place under two target names, through the real command line: what one name left in doubt holds the other. */

import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import { needs } from '../real/needs.ts';
import { type RealLoop, realLoop } from '../support/real-loop.ts';

const loopTest = needs('ssh-keygen');
const terraformTest = needs('ssh-keygen', 'terraform');

async function proposed(loop: RealLoop, ...args: readonly string[]): Promise<string> {
  const answer = await loop.json('propose', ...args);
  expect(answer).toMatchObject({ state: 'open' });
  return String(answer['id']);
}

/** What executing answers: its exit code, the code of a refusal or the outcome, and why. */
async function executing(loop: RealLoop, id: string): Promise<readonly unknown[]> {
  const ran = await loop.run('execute', id, '--json');
  const answer = JSON.parse(ran.stdout);
  return [ran.code, answer.code ?? answer.outcome, answer.why];
}

const NEVER = '--check={file: {path: "/nowhere/at/all", expect: {contains: here}}}';

loopTest(
  '[KERNEL-28, RECORD-31, L3] sqlite: one file through a linked directory, under two names, is one place; a release frees both',
  async () => {
    const loop = await realLoop();
    const real = join(loop.root, 'srv');
    mkdirSync(real);
    symlinkSync(real, join(loop.root, 'linked'));
    const db = new DatabaseSync(join(real, 'shop.db'));
    db.exec('create table orders (id integer primary key, item text)');
    db.close();
    const propose = async (directory: string, target: string, item: string, ...more: readonly string[]) => {
      writeFileSync(join(loop.root, `${item}.sql`), `insert into orders (item) values ('${item}');\n`);
      const files = [
        '--database',
        join(loop.root, directory, 'shop.db'),
        '--migration',
        join(loop.root, `${item}.sql`),
      ];
      return await proposed(loop, 'sqlite', ...files, '--target', target, '--intent', `add ${item}`, ...more);
    };
    const first = await propose('srv', 'shop', 'tea', NEVER);
    const second = await propose('linked', 'till', 'rye');
    await loop.approve(first);
    await loop.approve(second);
    expect(await executing(loop, first)).toEqual([0, 'completed', undefined]);
    expect(await executing(loop, second)).toEqual([
      1,
      'TARGET_BUSY',
      `${first} is executing or waits for its verdict, at the same place under the target name shop`,
    ]);
    expect(await loop.json('show', second)).toMatchObject({ waitsFor: [{ id: first, target: 'shop', why: 'busy' }] });
    expect((await loop.run('show', second)).stdout).toContain('which is executing or waits for its verdict, at');
    expect((await loop.run('verify', first)).code).toBe(7);
    expect(await executing(loop, second)).toEqual([
      1,
      'TARGET_HELD',
      `${first} left it in doubt, at the same place under the target name shop`,
    ]);
    expect((await loop.run('record', 'verify')).code).toBe(0);
    const waits = `waits for ${first}, which left it in doubt, at the same place under the target name shop`;
    expect((await loop.run('show', second)).stdout).toContain(`  ${waits}\n`);
    expect((await loop.run('list')).stdout).toContain(`${second}  ${waits}`);
    expect(await loop.json('show', second)).toMatchObject({ waitsFor: [{ id: first, target: 'shop', why: 'held' }] });
    expect(await loop.json('show', first)).toMatchObject({ waitsFor: [] });
    expect((await loop.run('reconcile', first, '--note', 'the check was wrong')).code).toBe(0);
    // The world moved on since it was sealed: what was held back must be looked at anew.
    expect((await executing(loop, second)).slice(0, 2)).toEqual([1, undefined]);
    expect((await loop.show(second)).state).toBe('stale');
    const third = await propose('linked', 'till', 'rye');
    await loop.approve(third);
    expect(await executing(loop, third)).toEqual([0, 'completed', undefined]);
    expect((await loop.run('verify', third)).code).toBe(0);
    expect((await loop.run('record', 'verify')).code).toBe(0);
  },
);

loopTest(
  '[KERNEL-28, KERNEL-22] what holds a place is recovered under another name of it, and never from elsewhere',
  async () => {
    const loop = await realLoop();
    for (const name of ['shop', 'other']) {
      const db = new DatabaseSync(join(loop.root, `${name}.db`));
      db.exec('create table orders (id integer primary key, item text)');
      db.close();
    }
    const propose = (database: string, target: string, item: string, ...more: readonly string[]) => {
      writeFileSync(join(loop.root, `${item}.sql`), `insert into orders (item) values ('${item}');\n`);
      const files = ['--database', join(loop.root, `${database}.db`), '--migration', join(loop.root, `${item}.sql`)];
      return ['sqlite', ...files, '--target', target, '--intent', `add ${item}`, ...more];
    };
    const held = await proposed(loop, ...propose('shop', 'shop', 'tea', NEVER));
    await loop.approve(held);
    expect((await executing(loop, held))[0]).toBe(0);
    expect((await loop.run('verify', held)).code).toBe(7);
    const elsewhere = await loop.json('propose', ...propose('other', 'till', 'oat', '--recovers', held));
    expect(elsewhere).toMatchObject({
      code: 'WRONG_DOCUMENT',
      why: `${held} changed shop, and this one changes till`,
    });
    const recovery = await proposed(loop, ...propose('shop', 'till', 'rye', '--recovers', held));
    await loop.approve(recovery);
    expect(await executing(loop, recovery)).toEqual([0, 'completed', undefined]);
    expect((await loop.run('verify', recovery)).code).toBe(0);
    const released = await loop.run('reconcile', held, '--through', recovery, '--note', 'added the other half');
    expect([released.code, released.stderr]).toEqual([0, expect.not.stringContaining('no recovery')]);
  },
);

const CONFIGURATION = 'resource "terraform_data" "one" {\n  input = var.value\n}\nvariable "value" {}\n';

terraformTest(
  '[KERNEL-28, TERRAFORM-17, L3] terraform: two directories with one local state, under two names, are one place',
  async () => {
    const loop = await realLoop();
    const state = join(loop.root, 'state');
    mkdirSync(state);
    symlinkSync(state, join(loop.root, 'link'));
    const directory = (name: string, statePath: string): string => {
      const path = join(loop.root, name);
      mkdirSync(path);
      writeFileSync(
        join(path, 'main.tf'),
        `terraform {\n  backend "local" {\n    path = "${statePath}"\n  }\n}\n${CONFIGURATION}`,
      );
      return path;
    };
    const one = directory('one', join(state, 'not', 'yet.tfstate'));
    const two = directory('two', join(loop.root, 'link', 'not', 'yet.tfstate'));
    const { execFileSync } = await import('node:child_process');
    for (const cwd of [one, two]) execFileSync('terraform', ['init', '-input=false'], { cwd, env: loop.environment });
    const propose = (dir: string, target: string, value: string, ...more: readonly string[]): Promise<string> =>
      proposed(
        loop,
        'terraform',
        '--dir',
        dir,
        '--target',
        target,
        '--intent',
        'one',
        ...more,
        '--',
        '-var',
        `value=${value}`,
      );
    const first = await propose(one, 'shop', 'a', NEVER);
    const second = await propose(two, 'till', 'b');
    await loop.approve(first);
    await loop.approve(second);
    expect((await executing(loop, first)).slice(0, 2)).toEqual([0, 'completed']);
    expect((await loop.run('verify', first)).code).toBe(7);
    expect(await executing(loop, second)).toEqual([
      1,
      'TARGET_HELD',
      `${first} left it in doubt, at the same place under the target name shop`,
    ]);
    expect(JSON.parse(readFileSync(join(state, 'not', 'yet.tfstate'), 'utf8')).resources).toHaveLength(1);
  },
);
