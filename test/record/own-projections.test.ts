import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  openBlobs,
  openRecordMemory,
  openSqliteStore,
  type Store,
  sha256,
  systemClock,
  systemRandom,
} from '../../src/adapters/index.ts';
import {
  advanceHead,
  NO_HASH,
  type OwnProjections,
  ownProjections,
  type Projections,
  type RecordMemory,
  type RecordSource,
  type RememberedHead,
} from '../../src/record/index.ts';
import { appendProposal, commented, drafted, following } from '../support/events.ts';
import { rehashed, rewrite, tamper } from '../support/forgery.ts';
import { newSigner } from '../support/keys.ts';
import { afterwards, temporaryDirectory } from '../support/temporary.ts';
import { live } from '../support/whole-life.ts';

const clock = systemClock();
const random = systemRandom();

type World = {
  readonly directory: string;
  readonly path: string;
  readonly store: Store;
  /** The numbers of entries that were read since the last time that somebody asked. */
  readonly asked: () => readonly number[];
  readonly open: (change?: Partial<Changes>) => Promise<OwnProjections & { readonly memory: RecordMemory }>;
};

type Changes = { projections: Projections; source: RecordSource; remembered: RememberedHead };

async function openWorld(): Promise<World> {
  const directory = temporaryDirectory();
  const path = join(directory, 'record.db');
  const store = await openSqliteStore({ path, clock, random, hash: sha256 });
  afterwards(() => store.close());
  const asked: number[] = [];
  const source: RecordSource = {
    ...store.source,
    entries: async (after, limit) => {
      const entries = await store.source.entries(after, limit);
      asked.push(...entries.map((entry) => entry.seq));
      return entries;
    },
  };
  return {
    directory,
    path,
    store,
    asked: () => asked.splice(0),
    open: async (change = {}) => {
      const memory = await openRecordMemory({ directory: join(directory, 'runner'), clock, random });
      afterwards(async () => memory.close());
      const heads = { recall: async () => change.remembered };
      const own = ownProjections({
        source: change.source ?? source,
        projections: change.projections ?? store.projections,
        hash: sha256,
        memory,
        heads,
      });
      return { ...own, memory };
    },
  };
}

/** Two proposals: `p1` lived a whole life (entries 1 to 13), `p2` was drafted and commented (14 to 16). */
async function lived(): Promise<World> {
  const world = await openWorld();
  await live(world.store.log, openBlobs({ directory: join(world.directory, 'blobs') }), 'p1');
  await appendProposal(world.store.log, 'p2', ['one', 'two']);
  return world;
}

async function troubleOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (thrown) {
    const { code, message, where } = thrown as { code?: string; message: string; where?: string };
    return `${code} at ${where}: ${message}`;
  }
}

test('[RECORD-22, L10] a fold says of a true store what its summaries say, and looks at each entry once', async () => {
  const { store, open, asked } = await lived();
  const { projections, follow, memory } = await open();
  expect(await memory.position()).toEqual({ seq: 0, hash: NO_HASH });
  for (const id of ['p1', 'p2', 'nobody']) {
    expect(await projections.proposal(id)).toEqual(await store.projections.proposal(id));
  }
  for (const name of ['target-of-p1', 'target-of-p2', 'nowhere']) {
    expect(await projections.target(name)).toEqual(await store.projections.target(name));
  }
  expect(await projections.proposals({ limit: 5 })).toEqual(await store.projections.proposals({ limit: 5 }));
  expect(await memory.position()).toEqual(await store.log.head());
  // All of them once, and after that only the one that the memory rests on.
  expect(asked().filter((seq) => seq !== 16)).toEqual(Array.from({ length: 15 }, (_, index) => index + 1));
  await follow();
  expect(asked()).toEqual([16]);
  await appendProposal(store.log, 'p3');
  expect((await (await open()).projections.proposal('p3'))?.seq).toBe(17);
  expect(asked()).toEqual([16, 17, 17]);
});

test('[RECORD-22] evidence belongs to no proposal, and is passed by', async () => {
  const { store, open } = await lived();
  const body = {
    type: 'evidence-recorded',
    id: '0'.repeat(26),
    source: 'read',
    about: 'x',
    digest: 'a'.repeat(64),
  } as const;
  await store.evidence.note({ actor: { kind: 'control', name: 'control' }, atMs: 1, body: { ...body, sizeBytes: 1 } });
  const { follow, memory } = await open();
  await follow();
  expect((await memory.position()).seq).toBe(17);
  const kept = await memory.recall({ streams: [`evidence:${body.id}`], targets: [''] });
  expect([kept.streams, kept.targets]).toEqual([[], []]);
});

test('[RECORD-22] a record of more than one page is folded as a whole, and its last page too', async () => {
  const { store, open } = await openWorld();
  const comments = Array.from({ length: 1_200 }, (_, index) => `comment ${index}`);
  await appendProposal(store.log, 'long', comments);
  const { projections, memory } = await open();
  expect(await projections.proposal('long')).toEqual(await store.projections.proposal('long'));
  expect((await memory.position()).seq).toBe(1_201);
});

test.each([
  [`update proposals set state = replace(state, 'closed', 'held') where proposal = 'p1'`, 'p1', 13],
  [`update proposals set seq = 12 where proposal = 'p1'`, 'p1', 13],
  [`update proposals set seq = 14 where proposal = 'p1'`, 'p1', 13],
  [`update proposals set seq = 99 where proposal = 'p1'`, 'p1', 13],
  [`update proposals set target = 'x' where proposal = 'p2'`, 'p2', 16],
  [`delete from proposals where proposal = 'p2'`, 'p2', 16],
  [`insert into proposals values ('p9', 't', 'open', '{"kind":"open"}', 7, 0, 0)`, 'p9', 0],
])('[RECORD-22, L10] %s: the summary of the proposal is named', async (statement, id, seq) => {
  const { path, open } = await lived();
  const { projections } = await open();
  tamper(path, statement);
  const lie = `RECORD_BROKEN at entry ${seq}: the summary of proposal ${id} is not what its events amount to`;
  expect(await troubleOf(projections.proposal(id))).toBe(lie);
  expect(await troubleOf(projections.proposal(id))).toBe(lie);
});

test.each([
  [`update targets set state = '{"held":["p1"]}' where target = 'target-of-p1'`, 'target-of-p1', 13],
  [`update targets set state = '{"busy":"p1","held":[]}' where target = 'target-of-p1'`, 'target-of-p1', 13],
  [`update targets set seq = 12 where target = 'target-of-p1'`, 'target-of-p1', 13],
  [`update targets set seq = 16 where target = 'target-of-p1'`, 'target-of-p1', 13],
  [`delete from targets where target = 'target-of-p2'`, 'target-of-p2', 16],
  [`insert into targets values ('nowhere', '{"held":[]}', 3)`, 'nowhere', 0],
])('[RECORD-22, L10] %s: the summary of the target is named', async (statement, name, seq) => {
  const { path, open } = await lived();
  const { projections } = await open();
  tamper(path, statement);
  expect(await troubleOf(projections.target(name))).toBe(
    `RECORD_BROKEN at entry ${seq}: the summary of target ${name} is not what its events amount to`,
  );
});

test('[RECORD-22, L10] what was folded before may not be rewritten, cut off or replaced, and the entry is named', async () => {
  const { path, open, store } = await lived();
  const { follow } = await open();
  await follow();
  tamper(path, `update events set at_ms = 1 where seq = 16`);
  const rewritten =
    "RECORD_BROKEN at entry 16: entry 16 is not the one on which this runner's own memory rests: the record was rewritten";
  expect(await troubleOf(follow())).toBe(rewritten);
  // Hashed anew from the first entry, as a forger would, the chain is whole and still not the one that was folded.
  rewrite(path, (rows) => rehashed(rows));
  expect(await troubleOf(follow())).toBe(rewritten);
  await appendProposal(store.log, 'p3');
  expect(await troubleOf(follow())).toBe(rewritten);
  tamper(path, 'delete from events where seq > 15');
  expect(await troubleOf(follow())).toBe(
    "RECORD_ROLLED_BACK at entry 16: entry 16, on which this runner's own memory rests, is not there: the record was rolled back",
  );
  tamper(path, 'delete from events');
  expect(await troubleOf(follow())).toContain('RECORD_ROLLED_BACK at entry 16');
});

test.each([
  [
    `update events set body = replace(body, '"two"', '"twp"') where seq = 16`,
    'RECORD_BROKEN at entry 16: entry 16 does not hash',
  ],
  [`delete from events where seq = 15`, 'RECORD_BROKEN at entry 15: entry 15 is missing'],
  [`update events set target = 'x' where seq = 15`, 'RECORD_BROKEN at entry 15: the target of entry 15 is "x"'],
  [`update events set type = 'claimed' where seq = 15`, 'RECORD_BROKEN at entry 15: the type of entry 15 is "claimed"'],
  [`update events set body = '{"type":"x"}' where seq = 16`, 'RECORD_BROKEN at entry 16: entry 16 does not hash'],
])('[RECORD-22, L10] %s: the entry is named, and nothing of its page is kept', async (statement, trouble) => {
  const { path, open } = await lived();
  tamper(path, statement);
  const { follow, memory } = await open();
  expect(await troubleOf(follow())).toContain(trouble);
  expect((await memory.position()).seq).toBe(0);
});

test('[RECORD-22, L10] an entry that hashes well and can not be read is named', async () => {
  const { path, open } = await lived();
  rewrite(path, (rows) => rehashed(rows.map((row) => (row.seq === 16 ? { ...row, body: '{"type":"x"}' } : row))));
  const { follow } = await open();
  expect(await troubleOf(follow())).toBe(`RECORD_BROKEN at entry 16: the body of event 16 ("commented") can't be read`);
});

test('[RECORD-22, L10] a memory that was lost is made anew, and only from a record that contains the remembered head', async () => {
  const { path, open, store } = await lived();
  let remembered: RememberedHead | undefined;
  const memory = {
    recall: async () => remembered,
    remember: async (head: RememberedHead) => {
      remembered = head;
    },
  };
  await advanceHead({ source: store.source, hash: sha256, clock, signer: newSigner('runner-1'), memory });
  rewrite(path, (rows) => rehashed(rows.map((row) => (row.seq === 15 ? { ...row, at_ms: 1 } : row))));
  const believing = await open();
  await believing.follow();
  expect((await believing.memory.position()).seq).toBe(16);
  const other = await lived();
  rewrite(other.path, (rows) => rehashed(rows.map((row) => (row.seq === 15 ? { ...row, at_ms: 1 } : row))));
  const careful = await other.open({ remembered: remembered as unknown as RememberedHead });
  expect(await troubleOf(careful.follow())).toMatch(
    /^RECORD_BROKEN at entry 16: entry 16 is not the one that runner-1 signed on .*: the record was rewritten$/,
  );
  const untouched = await lived();
  const anew = await untouched.open();
  await anew.follow();
  expect((await anew.memory.position()).seq).toBe(16);
});

test('[RECORD-22] a record that grows between two looks is no lie', async () => {
  const { store, open } = await lived();
  const own = following('p3');
  let grown = 0;
  const grow = async (): Promise<void> => {
    if (grown >= 3) return;
    grown += 1;
    const answer = await store.log.append(
      own.next(grown === 1 ? drafted('p3', 'target-of-p3') : commented(`${grown}`)),
    );
    if (answer.kind === 'appended') own.appended(answer.events);
  };
  const source: RecordSource = {
    ...store.source,
    entries: async (after, limit) => {
      await grow();
      return store.source.entries(after, limit);
    },
  };
  const { projections } = await open({ source });
  expect(await projections.proposal('p3')).toEqual(await store.projections.proposal('p3'));
  expect(grown).toBe(3);
});

test('[RECORD-22] a record that never rests is contention, not a lie', async () => {
  const { store, open } = await lived();
  const own = following('p3');
  let count = 0;
  const source: RecordSource = {
    ...store.source,
    entries: async (after, limit) => {
      const answer = await store.log.append(own.next(count === 0 ? drafted('p3', 'target-of-p3') : commented('again')));
      count += 1;
      if (answer.kind === 'appended') own.appended(answer.events);
      // The page ends at the newest entry, so that following comes to an end.
      return count % 2 === 1
        ? store.source.entries(after, limit)
        : (await store.source.entries(after, limit)).slice(0, 1);
    },
  };
  const { projections } = await open({ source });
  expect(await troubleOf(projections.proposal('p3'))).toBe(
    'CONTENTION at p3: others kept changing p3 while it was read',
  );
});

test('[RECORD-22] two processes that fold at once keep every step once', async () => {
  const { store, open } = await lived();
  const both = await Promise.all([open(), open()]);
  await Promise.all(both.map((one) => one.follow()));
  for (const one of both) {
    expect(await one.memory.position()).toEqual(await store.log.head());
    expect(await one.projections.proposal('p1')).toEqual(await store.projections.proposal('p1'));
  }
});
