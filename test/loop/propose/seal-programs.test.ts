import { realpathSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { sha256 } from '../../../src/adapters/index.ts';
import type { CheckSpec, Manifest } from '../../../src/kernel/index.ts';
import { type ProposeAnswer, proposeChange } from '../../../src/loop/propose/index.ts';
import { CHECK, openProposeWorld, type ProposeWorld } from '../../support/propose-world.ts';

const worlds: ProposeWorld[] = [];
afterEach(async () => {
  for (const opened of worlds.splice(0)) await opened.close();
});

async function world(): Promise<ProposeWorld> {
  const opened = await openProposeWorld();
  worlds.push(opened);
  return opened;
}

function idOf(answer: ProposeAnswer): string {
  if ('id' in answer) return answer.id;
  throw new TypeError(`refused: ${answer.why}`);
}

async function manifestOf({ parts, state }: ProposeWorld, id: string): Promise<Manifest> {
  const now = await state(id);
  if (!('bundleDigest' in now)) throw new TypeError(`${id} is ${now.kind}`);
  // Just sealed by the code under test.
  return JSON.parse(new TextDecoder().decode(await parts.blobs.get(now.bundleDigest))) as Manifest;
}

function command(id: string, argv: readonly string[]): CheckSpec {
  return { ...CHECK, id, kind: 'command', question: { argv, expect: { exitCode: 0 } } };
}

test('[PROPOSE-14, L3] the files of every command check are in the bundle, under the id that the check has there', async () => {
  const opened = await world();
  const script = join(opened.work, 'ask.sh');
  writeFileSync(script, 'exit 3\n');
  const mandated = { ...command('ask', ['true']), origin: 'mandated' as const };
  opened.script.resolved = { mandatedChecks: [mandated] };
  const checks = [command('ask', ['sh', 'ask.sh']), CHECK];
  const { checkPrograms } = await manifestOf(
    opened,
    idOf(await proposeChange(opened.parts, opened.request({ checks }))),
  );
  const [yes, shell] = [realpathSync('/usr/bin/true'), realpathSync('/usr/bin/sh')];
  expect(checkPrograms?.map(({ check, path, sizeBytes }) => [check, path, sizeBytes])).toEqual([
    ['ask', yes, statSync(yes).size],
    ['ask-2', shell, statSync(shell).size],
    ['ask-2', script, 7],
  ]);
  expect(checkPrograms?.at(-1)?.sha256).toBe(sha256('exit 3\n'));
});

test('[PROPOSE-14] a bundle without a command check says nothing of programs', async () => {
  const opened = await world();
  const manifest = await manifestOf(opened, idOf(await proposeChange(opened.parts, opened.request())));
  expect('checkPrograms' in manifest).toBe(false);
});

test('[PROPOSE-14, PROPOSE-03] a corrected script makes another draft, and the same one does not', async () => {
  const opened = await world();
  const script = join(opened.work, 'ask.sh');
  writeFileSync(script, 'exit 3\n');
  const checks = [command('ask', ['sh', 'ask.sh'])];
  const first = idOf(await proposeChange(opened.parts, opened.request({ checks })));
  expect(await proposeChange(opened.parts, opened.request({ checks }))).toMatchObject({ kind: 'again', id: first });
  writeFileSync(script, 'exit 4\n');
  const second = await proposeChange(opened.parts, opened.request({ checks }));
  expect(second).toMatchObject({ kind: 'open', superseded: [first] });
});

test('[PROPOSE-14, L13] a check whose program can not be sealed is refused by name; a mandated one makes the change unplannable', async () => {
  const opened = await world();
  const checks = [command('ask', ['no-such-program'])];
  const why = "the program of the check ask can't be sealed: there is no program no-such-program";
  await expect(proposeChange(opened.parts, opened.request({ checks }))).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: why,
    where: 'checks: ask',
    hint: expect.stringContaining('name a program and files that are there'),
  });
  expect(await opened.rows()).toEqual([]);
  opened.script.resolved = { mandatedChecks: checks };
  expect(await proposeChange(opened.parts, opened.request())).toMatchObject({ kind: 'unplannable', why });
  const home = join(opened.directory, 'home', 'record.db');
  const nosy = [command('nosy', ['env', 'sh', home])];
  await expect(proposeChange(opened.parts, opened.request({ checks: nosy }))).rejects.toMatchObject({
    message: `the program of the check nosy can't be sealed: ${home}: no check may look there`,
  });
});

test('[PROPOSE-14] a bug of the finder is a bug, and no fault of the check', async () => {
  const opened = await world();
  const bug = new TypeError('a bug');
  const find = async () => {
    throw bug;
  };
  const parts = { ...opened.parts, programs: { find } };
  await expect(proposeChange(parts, opened.request({ checks: [command('ask', ['true'])] }))).rejects.toBe(bug);
});
