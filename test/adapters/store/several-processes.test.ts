import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { openSqliteStore, type Store, sha256, systemClock, systemRandom } from '../../../src/adapters/index.ts';
import { verifyRecord } from '../../../src/record/index.ts';
import { until } from '../../contracts/jobs.ts';
import { needs } from '../../real/needs.ts';
import { appendProposal, everything } from '../../support/events.ts';
import { afterwards, temporaryDirectory } from '../../support/temporary.ts';

/** A writing process and what the store acknowledged to it. */
type Writer = {
  readonly child: ChildProcessByStdio<null, Readable, null>;
  readonly acknowledged: () => readonly (readonly [number, string])[];
  readonly ended: Promise<unknown>;
};

function writer(path: string, name: string, mode: 'own' | 'shared', count: number): Writer {
  const script = join(import.meta.dirname, 'writer-process.ts');
  const child = spawn(process.execPath, [script, path, name, mode, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {},
  });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += String(chunk);
  });
  const ended = once(child, 'close');
  afterwards(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    child,
    ended,
    // A line that the kill cut off was still written after the acknowledgement; only whole ones are counted.
    acknowledged: () =>
      text
        .split('\n')
        .slice(0, -1)
        .map((line) => [Number(line.split(' ')[0]), line.split(' ')[1] ?? ''] as const),
  };
}

async function open(path: string): Promise<Store> {
  const store = await openSqliteStore({ path, clock: systemClock(), random: systemRandom(), hash: sha256 });
  afterwards(() => store.close());
  return store;
}

async function expectWhole(store: Store): Promise<ReadonlyMap<number, string>> {
  const answer = await verifyRecord({ source: store.source, hash: sha256, depth: { kind: 'meaning' }, earlier: [] });
  expect(answer).toMatchObject({ kind: 'whole' });
  return new Map((await everything(store.log)).map((event) => [event.seq, event.hash]));
}

test('[RECORD-03, L10] several processes open and write one new file, and every one makes progress', async () => {
  const path = join(temporaryDirectory(), 'record.db');
  const writers = ['a', 'b', 'c'].map((name) => writer(path, name, 'own', 1_000_000));
  await until(() => writers.every((one) => one.acknowledged().length >= 200), 50_000);
  for (const one of writers) one.child.kill('SIGTERM');
  await Promise.all(writers.map((one) => one.ended));
  const found = await expectWhole(await open(path));
  for (const [seq, hash] of writers.flatMap((one) => one.acknowledged())) expect(found.get(seq)).toBe(hash);
});

test('[RECORD-02, RECORD-03] processes that change one proposal lose no change to each other', async () => {
  const path = join(temporaryDirectory(), 'record.db');
  const store = await open(path);
  await appendProposal(store.log, 'shared');
  const writers = ['a', 'b', 'c'].map((name) => writer(path, name, 'shared', 40));
  await Promise.all(writers.map((one) => one.ended));
  await expectWhole(store);
  const comments = (await everything(store.log)).flatMap(({ body }) => (body.type === 'commented' ? [body.text] : []));
  expect(comments).toHaveLength(120);
  for (const name of ['a', 'b', 'c']) {
    const own = comments.filter((text) => text.startsWith(`${name} `));
    expect(own).toEqual(Array.from({ length: 40 }, (_, index) => `${name} ${index}`));
  }
});

test('[RECORD-04, L10] kill -9 of all writers at any moment loses nothing that was acknowledged', async () => {
  const path = join(temporaryDirectory(), 'record.db');
  const acknowledged: (readonly [number, string])[] = [];
  for (let round = 0; round < 4; round += 1) {
    const writers = ['a', 'b', 'c'].map((name) => writer(path, `${name}${round}`, 'own', 1_000_000));
    await until(() => writers.every((one) => one.acknowledged().length >= 20 + 7 * round), 50_000);
    for (const one of writers) one.child.kill('SIGKILL');
    await Promise.all(writers.map((one) => one.ended));
    acknowledged.push(...writers.flatMap((one) => one.acknowledged()));
    const store = await open(path);
    const found = await expectWhole(store);
    await store.close();
    for (const [seq, hash] of acknowledged) expect(found.get(seq)).toBe(hash);
  }
  expect(acknowledged.length).toBeGreaterThan(4 * 3 * 20);
});

type DiskReport = {
  readonly acknowledged: number;
  readonly failure: string;
  readonly seen: number;
  readonly again: string;
  readonly found: number;
  readonly verified: string;
  readonly afterwards: string;
};

async function onFaultyDisk(command: readonly string[]): Promise<DiskReport> {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env['PATH'] } });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += String(chunk);
  });
  await once(child, 'close');
  return JSON.parse(text);
}

const script = join(import.meta.dirname, 'faulty-disk-process.ts');

needs('unshare')(
  '[RECORD-05, L10] a full disk appends nothing, and nothing more until the store is opened again',
  async () => {
    const directory = temporaryDirectory();
    const inside = `mount -t tmpfs -o size=2m tmpfs ${directory} && exec ${process.execPath} ${script} ${directory} full`;
    const report = await onFaultyDisk(['unshare', '-rm', 'sh', '-c', inside]);
    expect(report.acknowledged).toBeGreaterThan(0);
    expect(report).toEqual({
      acknowledged: report.acknowledged,
      failure: 'STORE_WRITE_FAILED',
      seen: report.acknowledged,
      again: 'STORE_WRITE_FAILED',
      found: report.acknowledged,
      verified: 'whole',
      afterwards: 'appended',
    });
  },
);

needs('strace')(
  '[RECORD-05, L10] an fsync that fails appends nothing, also when the process dies right then',
  async () => {
    const directory = temporaryDirectory();
    const trace = [
      '-f',
      '-qq',
      '-o',
      '/dev/null',
      '-e',
      'trace=fdatasync,fsync',
      '-e',
      'inject=fdatasync,fsync:error=EIO:when=30+',
    ];
    const report = await onFaultyDisk(['strace', ...trace, process.execPath, script, directory, 'failing']);
    expect(report.acknowledged).toBeGreaterThan(0);
    expect(report).toMatchObject({
      failure: 'STORE_WRITE_FAILED',
      seen: report.acknowledged,
      again: 'STORE_WRITE_FAILED',
    });
    const store = await open(join(directory, 'home', 'record.db'));
    expect((await store.log.head()).seq).toBe(report.acknowledged);
    await expectWhole(store);
  },
);
