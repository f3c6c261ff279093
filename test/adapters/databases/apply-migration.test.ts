import { spawn } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeDatabases } from '../../../src/adapters/index.ts';
import type { Outcome, ProcessEnd } from '../../../src/kernel/index.ts';
import type { OpenedBundle } from '../../../src/tools/index.ts';
import { openSqliteWorld, type Planned, type SqliteWorld } from '../../support/sqlite-world.ts';

const FILL = `
  create table t (a integer primary key, b text);
  with recursive n(i) as (select 1 union all select i + 1 from n limit 3000)
  insert into t (b) select hex(zeroblob(60)) from n;
`;
const CHANGE = `
  update t set b = b || 'x' where a % 2 = 0;
  alter table t add column c int;
  create index i on t (b);
  delete from t where a % 3 = 0;
  update t set b = b || 'y';
`;
const LIMIT_BYTES = 512 * 20_000;
let world: SqliteWorld;
let bundle: OpenedBundle & { readonly planned: Planned };
let saved: string;
const digests: { before: string; after: string } = { before: '', after: '' };

beforeAll(async () => {
  world = openSqliteWorld(FILL);
  bundle = await world.bundle(CHANGE);
  await world.driver.materialise(bundle);
  saved = `${world.directory}/saved`;
  copyFileSync(world.database, saved);
  digests.before = await digest();
  expect((await attempt({})).outcome.kind).toBe('completed');
  digests.after = await digest();
  expect(digests.after).not.toBe(digests.before);
});
afterAll(() => world.close());

async function digest(): Promise<string> {
  const shape = await nodeDatabases().inspect(world.database, ['t']);
  return `${shape.schemaDigest} ${shape.tables[0]?.digest}`;
}

function restore(journal: 'delete' | 'wal'): void {
  for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(`${world.database}${suffix}`, { force: true });
  copyFileSync(saved, world.database);
  const database = new DatabaseSync(world.database);
  database.exec(`pragma journal_mode = ${journal}`);
  database.close();
}

type Fault = { readonly killAfterLine?: number; readonly fileBlocks?: number; readonly stdout?: string };

async function attempt(fault: Fault): Promise<{ readonly outcome: Outcome; readonly lines: number }> {
  const { file, args, directory } = world.driver.command(bundle);
  const limit = fault.fileBlocks === undefined ? '' : `ulimit -f ${fault.fileBlocks}; `;
  const to = fault.stdout === undefined ? '' : ` >> ${fault.stdout}`;
  const child = spawn('/bin/sh', ['-c', `${limit}exec "$0" "$@"${to}`, file, ...args], { cwd: directory, env: {} });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (fault.killAfterLine !== undefined && said.split('\n').length > fault.killAfterLine) child.kill('SIGKILL');
  });
  const end = await new Promise<ProcessEnd>((resolve) => {
    child.on('close', (code, signal) =>
      resolve(code === null ? { kind: 'signalled', signal: signal ?? '' } : { kind: 'exited', code }),
    );
  });
  const trace = { end, stdout: Buffer.from(said), stderr: new Uint8Array(), survivors: 0 };
  return { outcome: await world.driver.observe(bundle, trace), lines: said.split('\n').length - 1 };
}

async function expectWhole(outcome: Outcome): Promise<'before' | 'after'> {
  const found = await digest();
  expect([digests.before, digests.after]).toContain(found);
  const where = found === digests.after ? 'after' : 'before';
  if (outcome.kind === 'completed') expect(where).toBe('after');
  if (outcome.kind === 'no-effect') expect(where).toBe('before');
  expect(outcome.kind).not.toBe('partial');
  return where;
}

test.each(['delete', 'wal'] as const)(
  '[SQLITE-05, SQLITE-07, L6] killed after any line in journal mode %s, the database is whole and the outcome no better than the truth',
  async (mode) => {
    const kinds = new Set<string>();
    for (let killAfterLine = 1; killAfterLine <= 9; killAfterLine += 1) {
      restore(mode);
      const { outcome } = await attempt({ killAfterLine });
      await expectWhole(outcome);
      kinds.add(outcome.kind);
    }
    expect(kinds).toContain('indeterminate');
  },
);

test('[SQLITE-05, SQLITE-07, L6] on a disk that fills at any moment, the database is whole and the outcome no better than the truth', async () => {
  const kinds = new Set<string>();
  for (const fileBlocks of [0, 1, 16, 100, 400, 700, 1_000, 1_400, 2_000, 100_000]) {
    restore('delete');
    const { outcome } = await attempt({ fileBlocks });
    await expectWhole(outcome);
    kinds.add(outcome.kind);
  }
  expect(kinds).toContain('completed');
  expect(kinds.size).toBeGreaterThan(1);
});

test('[SQLITE-05, L10] what can’t be said is not done: nothing is committed before it was said that it is about to be', async () => {
  const whole = await saidWithRoom(LIMIT_BYTES);
  expect(whole).toMatch(/"committing"}\n.*"committed"}\n$/);
  const wheres: string[] = [];
  for (const { index } of whole.matchAll(/\n/g)) {
    // Room for every line but the last byte of this one, and then for this one too.
    for (const room of [index, index + 1]) {
      const said = await saidWithRoom(room);
      const where = (await digest()) === digests.after ? 'after' : 'before';
      expect(where).toBe(said.includes('{"event":"committing"}\n') ? 'after' : 'before');
      wheres.push(where);
    }
  }
  expect(new Set(wheres)).toEqual(new Set(['before', 'after']));
});

/** What the program says into a file that may grow by so many bytes; its database is far from the limit. */
async function saidWithRoom(roomBytes: number): Promise<string> {
  restore('delete');
  const said = `${world.directory}/said`;
  writeFileSync(said, '');
  truncateSync(said, LIMIT_BYTES - roomBytes);
  await attempt({ fileBlocks: LIMIT_BYTES / 512, stdout: said });
  return readFileSync(said)
    .subarray(LIMIT_BYTES - roomBytes)
    .toString();
}
