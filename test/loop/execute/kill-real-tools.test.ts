import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test, vi } from 'vitest';
import { type ExecutionStep, executeApproved } from '../../../src/loop/execute/index.ts';
import { needs } from '../../real/needs.ts';
import type { House } from './house/open-house.ts';
import { approveChange, type Change, realDrivers, SEARCH_PATH } from './house/real-drivers.ts';
import { effects, houseIn, makeRoot, startRunner } from './house/world.ts';

// Real tools are large programs, and every look at one reads all of it: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 240_000 });

/** Before the intent a death gives everything back; after it nothing may ever run again. */
const NEVER_BEGAN: readonly ExecutionStep[] = ['claimed', 'looked', 'opened', 'previewed', 'authorised', 'probed'];
const MAY_HAVE_BEGUN: readonly ExecutionStep[] = [
  'intended',
  'reprobed',
  'started',
  'launched',
  'output',
  'ended',
  'observed',
  'concluded',
  'finished',
];

/** A real change in a real place, and how often its effect is there. */
type Place = { readonly change: (house: House) => Change; readonly count: (house: House) => number };

const ARGV: Place = {
  change: (house) => ({
    driver: 'argv',
    directory: makeProject(house),
    argv: ['/bin/sh', '-c', 'echo working; echo began >> "$WORLD/effects"; sleep 0.2; echo done'],
    environment: { PATH: '/usr/bin:/bin', WORLD: house.world },
  }),
  count: (house) => effects(house).length,
};

const SQLITE: Place = {
  change: (house) => {
    const directory = makeProject(house);
    const db = new DatabaseSync(join(directory, 'shop.db'));
    db.exec('create table log (line text) strict');
    db.close();
    writeFileSync(join(directory, 'change.sql'), "insert into log values ('began');");
    return { driver: 'sqlite', directory, argv: ['shop.db', 'change.sql'], environment: {} };
  },
  count: (house) => {
    const db = new DatabaseSync(join(house.root, 'project', 'shop.db'));
    const rows = db.prepare('select line from log').all().length;
    db.close();
    return rows;
  },
};

const TERRAFORM: Place = {
  change: (house) => {
    const directory = makeProject(house);
    const command = `echo began >> ${house.world}/effects; sleep 0.2`;
    const provisioner = `provisioner "local-exec" {\n command = ${JSON.stringify(command)}\n }`;
    writeFileSync(join(directory, 'main.tf'), `resource "terraform_data" "one" {\n ${provisioner}\n}\n`);
    const environment = { PATH: SEARCH_PATH, TF_CLI_CONFIG_FILE: '/dev/null' };
    spawnSync('terraform', ['init', '-input=false', '-no-color'], { cwd: directory, env: environment });
    return { driver: 'terraform', directory, argv: [], environment };
  },
  count: (house) => effects(house).length,
};

function makeProject(house: House): string {
  const directory = join(house.root, 'project');
  mkdirSync(directory);
  return directory;
}

async function dieAt(place: Place, step: ExecutionStep): Promise<{ readonly house: House; readonly before: number }> {
  const root = makeRoot();
  const house = await houseIn(root, () => ({ drivers: realDrivers() }));
  await approveChange(house, place.change(house));
  const died = await startRunner(root, 'p1', step, 'real').ended;
  expect(died).toMatchObject({ signal: 'SIGKILL', said: '' });
  return { house, before: place.count(house) };
}

async function expectItRunsNow(place: Place, step: ExecutionStep): Promise<void> {
  const { house, before } = await dieAt(place, step);
  expect(before).toBe(0);
  const answer = await executeApproved(house.parts, 'p1');
  expect(answer).toMatchObject({ kind: 'executed', outcome: { kind: 'completed' } });
  expect(place.count(house)).toBe(1);
}

async function expectItNeverRunsAgain(place: Place, step: ExecutionStep): Promise<void> {
  const { house } = await dieAt(place, step);
  const answer = await executeApproved(house.parts, 'p1');
  expect(answer).toMatchObject({ kind: 'refused', code: 'NOT_LEGAL_NOW' });
  const after = place.count(house);
  expect(after).toBeLessThanOrEqual(1);
  const { state, target } = await house.parts.journal.standing('p1');
  if (state.kind !== 'executed') throw new TypeError(`it is ${state.kind}`);
  const isKnown = step === 'concluded' || step === 'finished';
  expect(state.outcome.kind).toBe(isKnown ? 'completed' : 'indeterminate');
  if (isKnown) expect(after).toBe(1);
  expect(target.busy).toBe('p1');
  expect(await executeApproved(house.parts, 'p1')).toMatchObject({ kind: 'refused' });
  expect(place.count(house)).toBe(after);
}

test.each(NEVER_BEGAN)('[EXECUTE-02, L5, L10] argv: killed at "%s" it is given back, and runs once', async (step) => {
  await expectItRunsNow(ARGV, step);
});

test.each(MAY_HAVE_BEGUN)('[EXECUTE-02, EXECUTE-03, L5] argv: killed at "%s" it never runs again', async (step) => {
  await expectItNeverRunsAgain(ARGV, step);
});

test.each(NEVER_BEGAN)('[EXECUTE-02, L5, L10] sqlite: killed at "%s" it is given back, and runs once', async (step) => {
  await expectItRunsNow(SQLITE, step);
});

test.each(MAY_HAVE_BEGUN)('[EXECUTE-02, EXECUTE-03, L5] sqlite: killed at "%s" it never runs again', async (step) => {
  await expectItNeverRunsAgain(SQLITE, step);
});

const terraformTest = needs('terraform');

terraformTest.each(NEVER_BEGAN)(
  '[EXECUTE-02, L5, L10] terraform: killed at "%s" it is given back, and runs once',
  async (step) => {
    await expectItRunsNow(TERRAFORM, step);
  },
);

terraformTest.each(MAY_HAVE_BEGUN)(
  '[EXECUTE-02, EXECUTE-03, L5] terraform: killed at "%s" it never runs again',
  async (step) => {
    await expectItNeverRunsAgain(TERRAFORM, step);
  },
);
