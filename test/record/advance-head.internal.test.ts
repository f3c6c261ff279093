import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSqliteStore, type Store, sha256, systemClock, systemRandom } from '../../src/adapters/index.ts';
import { checkAgainstHead, type HeadAnswer } from '../../src/record/advance-head.ts';
import {
  advanceHead,
  type HeadMemory,
  parseRememberedHead,
  type RecordSource,
  type RememberedHead,
} from '../../src/record/index.ts';
import { appendProposal } from '../support/events.ts';
import { type Row, rehashed, rewrite, tamper } from '../support/forgery.ts';
import { newSigner } from '../support/keys.ts';
import { afterwards, temporaryDirectory } from '../support/temporary.ts';

const signer = newSigner('verifier-1');
const clock = { ...systemClock(), nowMs: () => 1_700_000_000_000 };

async function open(): Promise<{ readonly path: string; readonly store: Store }> {
  const path = join(temporaryDirectory(), 'record.db');
  const store = await openSqliteStore({ path, clock, random: systemRandom(), hash: sha256 });
  afterwards(() => store.close());
  return { path, store };
}

/** A memory that lives as long as the test. */
function remembering(): HeadMemory & { remembered: RememberedHead | undefined } {
  return {
    remembered: undefined,
    async recall() {
      return this.remembered;
    },
    async remember(head) {
      this.remembered = head;
    },
  };
}

async function advanced(source: RecordSource, memory: HeadMemory): Promise<unknown> {
  return advanceHead({ source, hash: sha256, clock, signer, memory });
}

function problemOf(answer: HeadAnswer): string {
  return answer.kind === 'consistent'
    ? 'consistent'
    : `${answer.problem.kind} at ${answer.problem.seq}: ${answer.problem.what}`;
}

test('[RECORD-14, L10] a head moves on with the record, and looks only at what is new', async () => {
  const { store } = await open();
  const memory = remembering();
  expect(await advanced(store.source, memory)).toMatchObject({
    kind: 'signed',
    head: { seq: 0, signer: 'verifier-1' },
  });
  await appendProposal(store.log, 'p1', ['a', 'b']);
  const first = await advanced(store.source, memory);
  const tip = await store.log.head();
  expect(first).toMatchObject({ kind: 'signed', head: { schema: 'countersign.head/1', ...tip, atMs: clock.nowMs() } });
  expect(await advanced(store.source, memory)).toEqual(first);
  await appendProposal(store.log, 'p2', ['c']);
  const asked: number[] = [];
  const source: RecordSource = {
    ...store.source,
    entries: (after, limit) => {
      asked.push(after);
      return store.source.entries(after, limit);
    },
  };
  expect(await advanced(source, memory)).toMatchObject({ head: { seq: 5 } });
  expect(asked).toEqual([2, 3]);
  expect(memory.remembered?.frontier).toHaveLength(2);
  // Grown step by step or at once: the same tree.
  const fresh = remembering();
  await advanced(store.source, fresh);
  expect(fresh.remembered?.frontier).toEqual(memory.remembered?.frontier);
  expect(await checkAgainstHead({ source: store.source, hash: sha256 }, memory.remembered)).toMatchObject({
    kind: 'consistent',
    checked: 0,
    now: { seq: 5 },
  });
});

async function remembered(): Promise<{
  readonly path: string;
  readonly store: Store;
  readonly memory: HeadMemory & { remembered: RememberedHead | undefined };
  readonly check: () => Promise<string>;
}> {
  const { path, store } = await open();
  const memory = remembering();
  await appendProposal(store.log, 'p1', ['a', 'b', 'c']);
  await advanced(store.source, memory);
  await appendProposal(store.log, 'p2', ['d']);
  const check = async (): Promise<string> =>
    problemOf(await checkAgainstHead({ source: store.source, hash: sha256 }, memory.remembered));
  return { path, store, memory, check };
}

const at =
  (seq: number, change: Partial<Row>) =>
  (rows: Row[]): Row[] =>
    rows.map((row) => (row.seq === seq ? { ...row, ...change } : row));

test('[RECORD-14, L10] a rolled back record is found, and nothing is signed or forgotten', async () => {
  const { path, store, memory, check } = await remembered();
  expect(await check()).toBe('consistent');
  tamper(path, 'delete from events where seq > 3');
  const before = memory.remembered;
  expect(await check()).toMatch(
    /^rolled-back at 4: the record ends at entry 3, but verifier-1 signed on 2023-.* at entry 4/,
  );
  expect(await advanced(store.source, memory)).toMatchObject({ kind: 'broken', problem: { kind: 'rolled-back' } });
  expect(memory.remembered).toBe(before);
  tamper(path, 'delete from events');
  expect(await check()).toMatch(/^rolled-back at 1: the record ends at entry 0/);
});

test('[RECORD-14, L10] a rewritten record is found, although it was hashed anew or kept its old hash', async () => {
  const { path, check } = await remembered();
  rewrite(path, (rows) => rehashed(at(2, { body: '{"text":"A","type":"commented"}' })(rows)));
  expect(await check()).toMatch(/^rewritten at 4: entry 4 is not the one that verifier-1 signed/);
  const other = await remembered();
  tamper(other.path, `update events set body = '{"text":"C","type":"commented"}' where seq = 4`);
  expect(await other.check()).toMatch(/^rewritten at 4: /);
});

test('[RECORD-14] what links badly after the head is found, and a hole in its place', async () => {
  const { path, check } = await remembered();
  tamper(path, `update events set at_ms = 1 where seq = 6`);
  expect(await check()).toMatch(/^hash-mismatch at 6: /);
  tamper(path, 'delete from events where seq = 4');
  expect(await check()).toBe('gap at 4: entry 4 is missing');
});

test('[RECORD-14] a remembered head that was tampered with is found', async () => {
  const { memory, check } = await remembered();
  const good = memory.remembered;
  if (good === undefined) return expect.unreachable();
  memory.remembered = { ...good, frontier: [...good.frontier, sha256('x')] };
  expect(await check()).toBe('bad-head at 4: the remembered tree does not belong to the head of entry 4');
  memory.remembered = { ...good, head: { ...good.head, atMs: 1 } };
  expect(await check()).toBe('bad-head at 4: the head of entry 4 was not signed by verifier-1');
});

test('[RECORD-14] a memory reads back what was remembered, and never takes rubbish for nothing', async () => {
  const { memory } = await remembered();
  expect(parseRememberedHead(JSON.stringify(memory.remembered), 'head.json')).toEqual(memory.remembered);
  for (const text of ['', '{', '{}', 'null', JSON.stringify({ ...memory.remembered, more: 1 })]) {
    expect(() => parseRememberedHead(text, 'head.json')).toThrow(
      expect.objectContaining({ code: 'RECORD_BROKEN', where: 'head.json' }),
    );
  }
});
