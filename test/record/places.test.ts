import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import {
  openRecordMemory,
  openSqliteStore,
  type Store,
  sha256,
  systemClock,
  systemRandom,
} from '../../src/adapters/index.ts';
import { type EventBody, FREE_TARGET, isFailure } from '../../src/kernel/index.ts';
import {
  type AppendBatch,
  type Journal,
  openJournal,
  ownProjections,
  type Share,
  type VerificationAnswer,
  verifyRecord,
} from '../../src/record/index.ts';
import { ANN, approval, BEN, CLAIM, LOOK, NOW, RUNNER, sha, VERIFIER } from '../kernel/examples.ts';
import { liveAt, PLACE, type Placed } from '../support/placed-life.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const LOCK = `place:${PLACE}`;

type World = { readonly path: string; readonly store: Store; readonly journal: Journal };

async function open(path: string = join(temporaryDirectory(), 'record.sqlite')): Promise<World> {
  const store = await openSqliteStore({ path, clock: systemClock(), random: systemRandom(), hash: sha256 });
  const clock = { nowMs: () => NOW, wait: async () => undefined };
  return { path, store, journal: openJournal({ log: store.log, projections: store.projections, clock }) };
}

async function verify({ store }: World, share?: Share): Promise<VerificationAnswer> {
  const { source } = store;
  return await verifyRecord({ source, hash: sha256, depth: { kind: 'meaning' }, earlier: [], share });
}

async function problemOf(world: World, share?: Share): Promise<string> {
  const answer = await verify(world, share);
  return answer.kind === 'broken' ? `${answer.problem.kind}: ${answer.problem.what}` : answer.kind;
}

/** The projections of a runner that folds for itself, in a memory of its own. */
async function ownOf({ store }: World): Promise<ReturnType<typeof ownProjections>> {
  const memory = await openRecordMemory({
    directory: temporaryDirectory(),
    clock: systemClock(),
    random: systemRandom(),
  });
  const heads = { recall: async () => undefined };
  return ownProjections({ source: store.source, hash: sha256, memory, heads, projections: store.projections });
}

const SHOP: Placed = { proposal: 'p-1', target: 'shop' };
const TILL: Placed = { proposal: 'p-2', target: 'till' };

test('[KERNEL-28, RECORD-31, L5] what executes at a place under one name is in the way of every other name, which says so', async () => {
  const world = await open();
  const { journal, store } = world;
  await liveAt(journal, SHOP, 'draft', 'claim');
  await liveAt(journal, TILL, 'draft', 'claim');
  expect((await journal.ask('p-1', CLAIM, RUNNER)).kind).toBe('decided');
  expect(await store.projections.target(LOCK)).toMatchObject({ state: { busy: 'p-1', held: [] } });
  expect(await store.projections.target('till')).toMatchObject({ state: FREE_TARGET });
  expect(await liveAt(journal, TILL, 'claim')).toEqual({
    kind: 'refused',
    code: 'TARGET_BUSY',
    what: 'the target till',
    where: 'p-2',
    why: 'p-1 is executing or waits for its verdict, at the same place under the target name shop',
    next: 'countersign show p-1',
  });
  const standing = await journal.standing('p-2');
  expect(standing.target.busy).toBe('p-1');
  expect([...standing.elsewhere]).toEqual([['p-1', 'shop']]);
  expect([...(await journal.standing('p-1')).elsewhere]).toEqual([]);
  expect(await problemOf(world)).toBe('whole');
});

test('[KERNEL-28, RECORD-31] what left a place in doubt holds every name of it, until a person releases it', async () => {
  const world = await open();
  const { journal, store } = world;
  expect((await liveAt(journal, { ...SHOP, after: 'red' })).kind).toBe('decided');
  await liveAt(journal, TILL, 'draft', 'claim');
  expect(await liveAt(journal, TILL, 'claim')).toMatchObject({
    code: 'TARGET_HELD',
    why: 'p-1 left it in doubt, at the same place under the target name shop',
    next: 'look at the world, then countersign reconcile p-1 --note "what you found"',
  });
  await journal.ask('p-1', { kind: 'reconcile', note: 'looked' }, ANN);
  expect(await store.projections.target(LOCK)).toMatchObject({ state: { held: [], reconciled: ['p-1'] } });
  expect(await liveAt(journal, TILL, 'claim')).toMatchObject({
    why: 'p-1 left it in doubt, at the same place under the target name shop, and its release does not hold: nobody has examined its release',
  });
  const claim = { ...CLAIM, releases: [{ proposal: 'p-1' }] };
  expect((await journal.ask('p-2', claim, RUNNER)).kind).toBe('decided');
  await journal.ask('p-2', LOOK, VERIFIER);
  const nonces = (await journal.standing('p-2')).state;
  if (nonces.kind !== 'executing') throw new TypeError('it is not executing');
  const start = {
    nonces: nonces.approvals.map(({ document }) => document.nonce),
    reconciled: ['p-1'],
    signed: { key: RUNNER.key, signature: 'signed' },
  };
  expect((await journal.ask('p-2', { kind: 'start', start }, RUNNER)).kind).toBe('decided');
  expect((await store.projections.target(LOCK)).state).toEqual({ busy: 'p-2', held: [] });
  expect((await store.projections.target('shop')).state).toMatchObject({ reconciled: ['p-1'] });
  expect(await problemOf(world)).toBe('whole');
});

test('[KERNEL-28] another place, or none that anybody can tell, is locked by its target’s name alone', async () => {
  const { journal, store } = await open();
  await liveAt(journal, { ...SHOP, after: 'red' });
  expect((await liveAt(journal, { ...TILL, place: sha('8') })).kind).toBe('decided');
  expect((await liveAt(journal, { proposal: 'p-3', target: 'door', place: null })).kind).toBe('decided');
  expect((await liveAt(journal, { proposal: 'p-4', target: 'shop', place: null }, 'draft', 'look')).kind).toBe(
    'decided',
  );
  expect((await journal.standing('p-4')).target.held).toEqual(['p-1']);
  expect((await store.projections.target('place:')).seq).toBe(0);
});

test('[KERNEL-28] what holds a place can be recovered under another name of it, and by nothing else', async () => {
  const world = await open();
  await liveAt(world.journal, { ...SHOP, after: 'red' });
  expect((await liveAt(world.journal, { ...TILL, recovers: 'p-1' })).kind).toBe('decided');
  expect(await liveAt(world.journal, { proposal: 'p-3', target: 'door', recovers: 'p-0' })).toMatchObject({
    code: 'TARGET_HELD',
  });
  expect(await problemOf(world)).toBe('whole');
  for (const part of [1, 2, 3]) expect(await problemOf(world, { part, of: 3 })).toBe('whole');
});

test('[KERNEL-28, RECORD-31, L5] two runners race at one place under two names: exactly one has it', async () => {
  const path = join(temporaryDirectory(), 'record.sqlite');
  for (let round = 0; round < 8; round += 1) {
    const one = await open(path);
    const two = await open(path);
    const mine = { proposal: `p-${round}-1`, target: `shop-${round}`, place: sha(String(round)) };
    const other = { proposal: `p-${round}-2`, target: `till-${round}`, place: sha(String(round)) };
    await liveAt(one.journal, mine, 'draft', 'claim');
    await liveAt(two.journal, other, 'draft', 'claim');
    // Both have read that the place is free before either appends.
    const barrier = Promise.withResolvers<void>();
    let waiting = 0;
    const meeting = ({ store }: World): Journal =>
      openJournal({
        projections: store.projections,
        clock: { nowMs: () => NOW, wait: async () => undefined },
        log: {
          ...store.log,
          append: async (batch: AppendBatch) => {
            waiting += 1;
            if (waiting === 2) barrier.resolve();
            await barrier.promise;
            return await store.log.append(batch);
          },
        },
      });
    const answers = await Promise.all([
      meeting(one).ask(mine.proposal, CLAIM, RUNNER),
      meeting(two).ask(other.proposal, CLAIM, RUNNER),
    ]);
    expect(answers.map((answer) => (answer.kind === 'refused' ? answer.code : 'claimed')).sort()).toEqual([
      'TARGET_BUSY',
      'claimed',
    ]);
    await one.store.close();
    await two.store.close();
  }
});

/** Runs SQL on the record, as who may write it can. */
function tamper({ path }: World, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

test('[RECORD-31, EXECUTE-22, L10] an edited row of a place is found by every verification that has it, and by the runner', async () => {
  const world = await open();
  await liveAt(world.journal, { ...SHOP, after: 'red' });
  await liveAt(world.journal, TILL, 'draft', 'claim');
  const own = await ownOf(world);
  expect((await own.projections.target(LOCK)).state).toEqual({ busy: undefined, held: ['p-1'] });
  tamper(world, `update targets set state = '{"held":[]}' where target = '${LOCK}'`);
  const what = `the summary of place ${PLACE} is not what its events amount to`;
  expect(await problemOf(world)).toBe(`projection-mismatch: ${what}`);
  const parts = await Promise.all([1, 2, 3].map((part) => problemOf(world, { part, of: 3 })));
  expect(parts.sort()).toEqual([`projection-mismatch: ${what}`, 'whole', 'whole']);
  const trouble = await own.projections.target(LOCK).catch((thrown: unknown) => thrown);
  expect(isFailure(trouble) && [trouble.code, trouble.message]).toEqual(['RECORD_BROKEN', what]);
  tamper(world, `delete from targets where target = '${LOCK}'`);
  expect(await problemOf(world)).toBe(`projection-mismatch: ${what}`);
});

test('[RECORD-31] a claim of a place that was not free is found in every division of the work, and stops the runner', async () => {
  const world = await open();
  await liveAt(world.journal, SHOP, 'draft', 'verify');
  await liveAt(world.journal, TILL, 'draft', 'claim');
  const own = await ownOf(world);
  await own.follow();
  const { state, seenStreamSeq, seenTargetSeq, place } = await world.journal.standing('p-2');
  if (state.kind !== 'approved') throw new TypeError('it is not approved');
  const body = { type: 'claimed', ...CLAIM.claim } as const satisfies EventBody;
  const busy = { busy: 'p-2', held: [] };
  await world.store.log.append({
    proposal: 'p-2',
    target: 'till',
    seenStreamSeq,
    seenTargetSeq,
    happened: [{ actor: RUNNER, atMs: 1_700_000_000_000, body }],
    state: { ...state, kind: 'executing', stage: 'claimed', claim: CLAIM.claim, baseline: [] },
    targetState: busy,
    place: { lock: place?.lock ?? '', seenSeq: place?.seenSeq ?? 0, state: busy },
  });
  const found =
    /^impossible: entry \d+ could not have happened: its target was claimed while p-1 was executing or waited for its verdict$/;
  expect(await problemOf(world)).toMatch(found);
  const parts = await Promise.all([1, 2, 3, 4, 5].map((part) => problemOf(world, { part, of: 5 })));
  expect(parts.filter((part) => found.test(part))).toHaveLength(1);
  const trouble = await own.follow().catch((thrown: unknown) => thrown);
  expect(isFailure(trouble) && trouble.code).toBe('RECORD_BROKEN');
});

test('[RECORD-31, RECORD-26] every division of the work folds the same locks, whatever share a place and its targets are in', async () => {
  const world = await open();
  for (let number = 0; number < 12; number += 1) {
    const place = sha(String(number % 4));
    const after = number % 5 === 0 ? 'red' : 'green';
    await liveAt(world.journal, { proposal: `p-${number}`, target: `t-${number % 7}`, place, after });
  }
  for (const of of [1, 2, 3, 7]) {
    for (let part = 1; part <= of; part += 1) {
      const answer = await verify(world, { part, of });
      expect(answer, `${part}/${of}`).toMatchObject({ kind: 'whole' });
    }
  }
  const own = await ownOf(world);
  for (const name of [...'0123'].map((number) => `place:${sha(number)}`)) {
    expect(await own.projections.target(name)).toEqual(await world.store.projections.target(name));
  }
});

test('[RECORD-31] no target is called as a place is', async () => {
  const { journal, store } = await open();
  const placed = { proposal: 'p-1', target: LOCK };
  await expect(liveAt(journal, placed)).rejects.toThrow('bug: a target has the name of a place');
  expect((await store.log.head()).seq).toBe(0);
  expect(approval(BEN).document.target).toBe('shop');
});
