import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/adapters/clock/system-clock.ts';
import { type OpenRecordMemory, openRecordMemory } from '../../../src/adapters/ledger/open-record-memory.ts';
import { systemRandom } from '../../../src/adapters/random/system-random.ts';
import { FREE_TARGET, type ProposalState } from '../../../src/kernel/index.ts';
import { type KeptStream, type KeptTarget, type MemoryStep, NO_HASH } from '../../../src/record/index.ts';
import { drafted } from '../../support/events.ts';

const START = { seq: 0, hash: NO_HASH };
const at = (seq: number): { readonly seq: number; readonly hash: string } => ({
  seq,
  hash: String(seq).repeat(64).slice(0, 64),
});

function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-memory-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function open(directory: string, busyDeadlineMs?: number): Promise<OpenRecordMemory> {
  const memory = await openRecordMemory({ directory, clock: systemClock(), random: systemRandom(), busyDeadlineMs });
  onTestFinished(() => memory.close());
  return memory;
}

function stream(id: string, seq: number): KeptStream {
  const { type, ...identity } = drafted(id) as Extract<ReturnType<typeof drafted>, { type: 'drafted' }>;
  const state: ProposalState = { kind: 'drafted', ...identity };
  return { stream: `proposal:${id}`, seq, type, state };
}

const shop: KeptTarget = { target: 'shop', seq: 2, state: { busy: 'a', held: ['b'] } };
const step: MemoryStep = { from: START, to: at(2), streams: [stream('a', 1), stream('b', 2)], targets: [shop] };
const BOTH = { streams: ['proposal:a', 'proposal:b', 'proposal:c'], targets: ['shop', 'mill'] };

test('[RECORD-22, L10] a memory keeps a step as a whole, and says which entry it rests on', async () => {
  const directory = makeDirectory();
  const memory = await open(directory);
  expect(await memory.recall(BOTH)).toEqual({ position: START, streams: [], targets: [] });
  expect(await memory.keep(step)).toBe(true);
  const kept = { position: at(2), streams: step.streams, targets: [shop] };
  expect(await memory.recall(BOTH)).toEqual(kept);
  const reopened = await open(directory);
  expect(await reopened.position()).toEqual(at(2));
  expect(await reopened.recall(BOTH)).toEqual(kept);
  const free = { target: 'shop', seq: 3, state: FREE_TARGET };
  expect(await reopened.keep({ from: at(2), to: at(3), streams: [stream('a', 3)], targets: [free] })).toBe(true);
  expect(await memory.recall(BOTH)).toEqual({
    position: at(3),
    streams: [stream('a', 3), stream('b', 2)],
    targets: [free],
  });
  const released = { target: 'shop', seq: 4, state: { ...FREE_TARGET, reconciled: ['b'] } };
  expect(await memory.keep({ from: at(3), to: at(4), streams: [], targets: [released] })).toBe(true);
  expect((await memory.recall(BOTH)).targets).toEqual([released]);
  expect(await memory.recall({ streams: ['proposal:b'], targets: [] })).toEqual({
    position: at(4),
    streams: [stream('b', 2)],
    targets: [],
  });
});

test.each([
  ['an earlier entry', START],
  ['a later entry', at(3)],
  ['another entry of the same number', { seq: 2, hash: 'f'.repeat(64) }],
])('[RECORD-22] a step from %s is not kept', async (_name, from) => {
  const memory = await open(makeDirectory());
  await memory.keep(step);
  expect(await memory.keep({ from, to: at(9), streams: [stream('c', 9)], targets: [] })).toBe(false);
  expect(await memory.recall(BOTH)).toEqual({ position: at(2), streams: step.streams, targets: [shop] });
});

test('[RECORD-22, RECORD-08] the file is its owner’s, and one of another version is made anew', async () => {
  const directory = makeDirectory();
  const path = join(directory, 'record-memory.sqlite');
  const memory = await open(directory);
  await memory.keep(step);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  for (const version of [0, 7]) {
    const db = new DatabaseSync(path);
    db.exec(`pragma user_version = ${version}`);
    db.close();
    const anew = await open(directory);
    expect(await anew.recall(BOTH)).toEqual({ position: START, streams: [], targets: [] });
    expect(await anew.keep(step)).toBe(true);
  }
  expect(await (await open(directory)).position()).toEqual(at(2));
});

test('[RECORD-22, L13] what can’t be read or written says what to do', async () => {
  const directory = makeDirectory();
  const path = join(directory, 'record-memory.sqlite');
  writeFileSync(path, 'this is no database, and never was one'.repeat(100));
  await expect(open(directory)).rejects.toMatchObject({
    code: 'STORE_UNREADABLE',
    where: path,
    hint: 'remove it; the runner makes it anew from the record, and checks it against the head that it remembers',
  });
  rmSync(path);
  const memory = await open(directory, 30);
  const other = new DatabaseSync(path);
  other.exec('begin immediate');
  await expect(memory.keep(step)).rejects.toMatchObject({
    code: 'LEDGER_WRITE_FAILED',
    hint: 'free space or stop the process that locks it; nothing runs on a record that was not folded',
  });
  other.exec('drop table streams');
  other.exec('commit');
  other.close();
  await expect(memory.recall(BOTH)).rejects.toMatchObject({
    code: 'STORE_UNREADABLE',
    message: expect.stringContaining("the runner's own memory of the record can't be read"),
  });
});
