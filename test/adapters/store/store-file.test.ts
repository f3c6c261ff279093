import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import {
  openSqliteJobs,
  openSqliteStore,
  type Store,
  sha256,
  systemClock,
  systemRandom,
} from '../../../src/adapters/index.ts';
import { appendProposal, commented, drafted, following } from '../../support/events.ts';
import { tamper } from '../../support/forgery.ts';
import { afterwards, temporaryDirectory } from '../../support/temporary.ts';

const machine = { clock: systemClock(), random: systemRandom() };

async function open(path: string, busyDeadlineMs?: number): Promise<Store> {
  const store = await openSqliteStore({ path, ...machine, hash: sha256, busyDeadlineMs });
  afterwards(() => store.close());
  return store;
}

function newPath(): string {
  return join(temporaryDirectory(), 'home', 'record.db');
}

test('[RECORD-08] the files of the record belong to their owner alone', async () => {
  const path = newPath();
  const store = await open(path);
  await appendProposal(store.log, 'p1');
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('[RECORD-08] a file that others could read is closed to them', async () => {
  const path = newPath();
  mkdirSync(dirname(path));
  writeFileSync(path, '', { mode: 0o644 });
  await open(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('[RECORD-06] a store that stays locked is a failure that appended nothing', async () => {
  const path = newPath();
  const store = await open(path, 60);
  const other = new DatabaseSync(path);
  afterwards(() => other.close());
  other.exec('begin immediate');
  const batch = following('p1').next(drafted('p1'));
  await expect(store.log.append(batch)).rejects.toMatchObject({
    code: 'STORE_BUSY',
    where: path,
    message: 'other processes kept the store locked for 0.06 s',
  });
  await expect(open(path, 60)).rejects.toMatchObject({ code: 'STORE_BUSY' });
  expect((await store.log.head()).seq).toBe(0);
  other.exec('rollback');
  expect((await store.log.append(batch)).kind).toBe('appended');
});

test('[RECORD-06] an append waits for its turn', async () => {
  const path = newPath();
  const store = await open(path);
  const other = new DatabaseSync(path);
  afterwards(() => other.close());
  other.exec('begin immediate');
  const waiting = store.log.append(following('p1').next(drafted('p1')));
  await machine.clock.wait(40);
  other.exec('commit');
  expect((await waiting).kind).toBe('appended');
});

test('[RECORD-06, L13] a store of a newer Countersign is not touched', async () => {
  const path = newPath();
  const store = await open(path);
  await appendProposal(store.log, 'p1');
  await store.close();
  tamper(path, `update schema_versions set version = 99 where part = 'record'`);
  await expect(open(path)).rejects.toMatchObject({
    code: 'STORE_UNREADABLE',
    message: 'the record tables have version 99, and this Countersign knows 2',
    hint: 'use the newer Countersign that wrote it',
    where: path,
  });
  // The queue in the same file has a version of its own.
  const jobs = await openSqliteJobs({ path, ...machine });
  await jobs.close();
});

test('[RECORD-06, RECORD-31] a store from before places is taken over as it is, and its maker can not open it again', async () => {
  const path = newPath();
  const store = await open(path);
  await appendProposal(store.log, 'p1');
  await store.close();
  tamper(path, `update schema_versions set version = 1 where part = 'record'`);
  const again = await open(path);
  await appendProposal(again.log, 'p2');
  expect((await again.log.head()).seq).toBe(2);
  await again.close();
  const db = new DatabaseSync(path);
  expect(db.prepare("select version from schema_versions where part = 'record'").get()).toEqual({ version: 2 });
  db.close();
});

test('[RECORD-06, L13] what is no store is refused', async () => {
  const path = newPath();
  mkdirSync(dirname(path));
  writeFileSync(path, 'this is no database, and has never been one. '.repeat(100));
  await expect(open(path)).rejects.toMatchObject({ code: 'STORE_UNREADABLE', where: path });
  await expect(open(join(path, 'below', 'record.db'))).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
});

test('[RECORD-06, RECORD-07] a summary that was cut off is a failure, and the events stay readable', async () => {
  const path = newPath();
  const store = await open(path);
  await appendProposal(store.log, 'p1', ['a']);
  tamper(path, `update proposals set state = '{"kind":'`, `update targets set state = '{'`);
  await expect(store.projections.proposal('p1')).rejects.toMatchObject({
    code: 'STORE_UNREADABLE',
    message: "the summary of proposal p1 can't be read",
  });
  await expect(store.projections.proposals({ limit: 5 })).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
  await expect(store.projections.target('target-of-p1')).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
  expect(await store.log.read({ afterSeq: 0, limit: 5 })).toHaveLength(2);
});

test('[RECORD-01] a store opened again goes on where it stood', async () => {
  const path = newPath();
  const store = await open(path);
  await appendProposal(store.log, 'p1', ['a']);
  await store.close();
  await store.close();
  const again = await open(path);
  await appendProposal(again.log, 'p2');
  expect((await again.log.read({ afterSeq: 0, limit: 9 })).map((event) => event.seq)).toEqual([1, 2, 3]);
});

test('[RECORD-01] a batch without events is a bug', async () => {
  const store = await open(newPath());
  const batch = following('p1').next(drafted('p1'), commented('x'));
  await expect(store.log.append({ ...batch, happened: [] })).rejects.toThrow('bug: a batch without events');
});
