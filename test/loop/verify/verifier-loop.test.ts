import { afterEach, expect, test } from 'vitest';
import { openMachine } from '../../../src/adapters/index.ts';
import { Failure, type ProposalState } from '../../../src/kernel/index.ts';
import { type DutyNotice, dutyAt, type VerifierLoopParts, verifierLoop } from '../../../src/loop/verify/index.ts';
import { type ToldWorkers, told, toldWorkers } from '../../support/told-workers.ts';
import {
  admit,
  approve,
  check,
  claim,
  finish,
  openWorld,
  propose,
  runnerOf,
  start,
  type World,
  type WorldOptions,
} from '../../support/verify-world.ts';

const FILE = { path: '/srv/shop', expect: { exists: true } };
const IS_THERE = check('is-there', 'file', FILE);
const { clock } = openMachine();

const worlds: World[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

type Scene = { readonly world: World; readonly workers: ToldWorkers; readonly notices: DutyNotice[] };

async function sceneWith(options: WorldOptions = {}): Promise<Scene> {
  const workers = toldWorkers();
  const world = await openWorld({ workers, ...options });
  worlds.push(world);
  return { world, workers, notices: [] };
}

function loopParts({ world, notices }: Scene, more: Partial<VerifierLoopParts> = {}): VerifierLoopParts {
  return {
    ...world.parts,
    projections: world.store.projections,
    pollEveryMs: 5,
    retryAfterMs: 10,
    notice: (notice) => void notices.push(notice),
    ...more,
  };
}

/** Runs the loop while something is done beside it. */
async function during(parts: VerifierLoopParts, act: () => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const loop = verifierLoop(parts, stop.signal);
  try {
    await act();
  } finally {
    stop.abort();
    await loop;
  }
}

async function stateOf(world: World, id: string, holds: (state: ProposalState) => boolean): Promise<ProposalState> {
  return await eventually(() => world.state(id), holds);
}

/** Waits for a condition, and fails by its own deadline. */
async function eventually<T>(read: () => Promise<T> | T, holds: (value: T) => boolean): Promise<T> {
  const deadlineMs = Date.now() + 20_000;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > deadlineMs) throw new TypeError(`it never came: ${JSON.stringify(value).slice(0, 300)}`);
    await clock.wait(5);
  }
}

const isReady = (state: ProposalState): boolean => state.kind === 'executing' && state.stage === 'ready';
const isLooked = (state: ProposalState): boolean => 'lookedAt' in state && state.lookedAt.length > 0;

test('[VERIFY-19, L7] the loop looks at the proposal, gives the baseline and the verdict, each once', async () => {
  const scene = await sceneWith();
  const { world, workers, notices } = scene;
  workers.tell('is-there', told('red'));
  await during(loopParts(scene), async () => {
    await propose(world, 'p1', [IS_THERE]);
    await stateOf(world, 'p1', isLooked);
    await approve(world, 'p1');
    await claim(world, 'p1');
    await stateOf(world, 'p1', isReady);
    workers.tell('is-there', told('green'));
    await start(world, 'p1');
    await finish(world, 'p1', 'completed');
    expect(await stateOf(world, 'p1', ({ kind }) => kind === 'closed')).toMatchObject({ mark: 'as-approved' });
  });
  expect(workers.errands.map(({ phase }) => phase)).toEqual(['proposed', 'before', 'after']);
  expect(notices.map(({ kind, duty, proposal }) => [kind, duty, proposal])).toEqual([
    ['done', 'look', 'p1'],
    ['done', 'look', 'p1'],
    ['done', 'verify', 'p1'],
  ]);
  expect(notices[2]).toMatchObject({ answer: { kind: 'verified', verdict: { kind: 'confirmed' } } });
});

test('[VERIFY-19] one that fails is tried again later and costs no other its turn', async () => {
  const scene = await sceneWith();
  const { world, workers, notices } = scene;
  workers.tell('is-there', told('red'));
  let broken = true;
  const blobs = {
    ...world.blobs,
    get: async (digest: string) => {
      const state = await world.state('bad');
      if (broken && 'bundleDigest' in state && state.bundleDigest === digest) {
        throw new Failure('BLOB_CORRUPT', 'the disk lost it', { hint: 'none' });
      }
      return await world.blobs.get(digest);
    },
  };
  await propose(world, 'bad', [IS_THERE]);
  await propose(world, 'good', [IS_THERE]);
  await during(loopParts(scene, { blobs }), async () => {
    await stateOf(world, 'good', isLooked);
    await eventually(
      () => notices.filter(({ proposal }) => proposal === 'bad').length,
      (count) => count >= 2,
    );
    broken = false;
    await stateOf(world, 'bad', isLooked);
  });
  expect(notices.find(({ proposal }) => proposal === 'bad')).toEqual({
    kind: 'trouble',
    duty: 'look',
    proposal: 'bad',
    why: 'BLOB_CORRUPT: the disk lost it',
  });
});

test('[VERIFY-19] a rest doubles with each failure, up to a minute, and ends with the stage it belongs to', async () => {
  const scene = await sceneWith();
  const { world, workers, notices } = scene;
  workers.tell('is-there', told('red'));
  let nowMs = 0;
  const tried: number[] = [];
  const failing = {
    ...world.blobs,
    get: async (): Promise<Uint8Array> => {
      tried.push(nowMs);
      throw new Failure('BLOB_MISSING', 'gone', { hint: 'none' });
    },
  };
  await propose(world, 'p1', [IS_THERE]);
  const stop = new AbortController();
  const parts = loopParts(scene, {
    blobs: failing,
    retryAfterMs: 1000,
    pollEveryMs: 500,
    clock: {
      nowMs: () => nowMs,
      wait: async (durationMs) => {
        // Work in hand is let come to its end, so that every turn of this clock sees what the one before did.
        await eventually(
          () => notices.length,
          (count) => count === tried.length,
        );
        await new Promise(setImmediate);
        nowMs += durationMs;
        if (nowMs > 300_000) stop.abort();
      },
    },
  });
  await verifierLoop(parts, stop.signal);
  const rests = tried.slice(1).map((atMs, index) => atMs - (tried[index] ?? 0));
  expect(rests.slice(0, 9)).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
});

test('[VERIFY-19] what a runner waits for comes before what people wait for, the oldest first', async () => {
  const scene = await sceneWith();
  const { world, workers, notices } = scene;
  workers.tell('is-there', told('red'));
  for (const id of ['p1', 'p2', 'p3', 'p4', 'p5', 'p6']) await propose(world, id, [IS_THERE]);
  await approve(world, 'p6');
  await claim(world, 'p6');
  await approve(world, 'p5');
  await claim(world, 'p5');
  const firsts: string[] = [];
  const slow = {
    put: async (errand: Parameters<ToldWorkers['put']>[0]) => {
      firsts.push(errand.phase);
      return await workers.put(errand);
    },
  };
  await during(loopParts(scene, { workers: slow }), async () => {
    await eventually(
      () => notices.length,
      (count) => count >= 6,
    );
  });
  expect(firsts.slice(0, 2)).toEqual(['before', 'before']);
  expect(firsts.slice(2)).toEqual(['proposed', 'proposed', 'proposed', 'proposed']);
});

test('[VERIFY-19] at most four are in hand, two of them for people, and the loop ends only when they are done', async () => {
  const scene = await sceneWith();
  const { world, workers } = scene;
  workers.tell('is-there', told('red'));
  const waiting = ['p1', 'p2', 'p3', 'p4', 'p5'];
  const binding = ['c1', 'c2', 'c3'];
  for (const id of waiting) await propose(world, id, [IS_THERE]);
  const inHand: string[] = [];
  const gate = Promise.withResolvers<void>();
  const slow = {
    put: async (errand: Parameters<ToldWorkers['put']>[0]) => {
      inHand.push(errand.phase);
      await gate.promise;
      return await workers.put(errand);
    },
  };
  const stop = new AbortController();
  const loop = verifierLoop(loopParts(scene, { workers: slow }), stop.signal);
  const reaches = (most: number): Promise<number> =>
    eventually(
      () => inHand.length,
      (count) => count === most,
    );
  await reaches(2);
  await clock.wait(30);
  expect(inHand).toEqual(['proposed', 'proposed']);
  for (const id of binding) {
    await propose(world, id, [IS_THERE]);
    await approve(world, id);
    await claim(world, id);
  }
  await reaches(4);
  await clock.wait(30);
  expect(inHand).toEqual(['proposed', 'proposed', 'before', 'before']);
  stop.abort();
  gate.resolve();
  await loop;
  const looked = await Promise.all(waiting.map(async (id) => isLooked(await world.state(id))));
  const ready = await Promise.all(binding.map(async (id) => isReady(await world.state(id))));
  expect([looked.filter((is) => is).length, ready.filter((is) => is).length]).toEqual([2, 2]);
});

test('[VERIFY-19] one that is in hand is not taken up again', async () => {
  const scene = await sceneWith();
  scene.workers.tell('is-there', told('red'));
  await propose(scene.world, 'p1', [IS_THERE]);
  const gate = Promise.withResolvers<void>();
  let asked = 0;
  let polls = 0;
  const workers = {
    put: async (errand: Parameters<ToldWorkers['put']>[0]) => {
      asked += 1;
      await gate.promise;
      return await scene.workers.put(errand);
    },
  };
  const { projections } = scene.world.store;
  const counted: VerifierLoopParts['projections'] = {
    proposals: async (query) => {
      polls += 1;
      return await projections.proposals(query);
    },
  };
  await during(loopParts(scene, { workers, projections: counted }), async () => {
    await eventually(
      () => polls,
      (count) => count > 12,
    );
    gate.resolve();
    await stateOf(scene.world, 'p1', isLooked);
  });
  expect(asked).toBe(1);
});

test('[VERIFY-19] what went wrong before a claim does not keep its runner waiting, nor does an earlier claim', async () => {
  const scene = await sceneWith();
  const { world, workers, notices } = scene;
  workers.tell('is-there', told('red'));
  let isBroken = true;
  const blobs = {
    ...world.blobs,
    get: async (digest: string) => {
      if (isBroken) throw new Failure('BLOB_MISSING', 'gone', { hint: 'none' });
      return await world.blobs.get(digest);
    },
  };
  await propose(world, 'p1', [IS_THERE]);
  await during(loopParts(scene, { blobs, retryAfterMs: 3_600_000 }), async () => {
    await eventually(
      () => notices.length,
      (count) => count === 1,
    );
    isBroken = false;
    await approve(world, 'p1');
    await claim(world, 'p1');
    await stateOf(world, 'p1', isReady);
    await world.ask('p1', { kind: 'release', why: 'not now' }, runnerOf(world));
    await claim(world, 'p1');
    await stateOf(world, 'p1', isReady);
  });
});

test('[VERIFY-19] an open and an approved proposal that nobody has looked at are looked at', async () => {
  const scene = await sceneWith();
  const { world, workers } = scene;
  workers.tell('is-there', told('red'));
  await propose(world, 'p1', [IS_THERE]);
  await admit(world, 'p1');
  await propose(world, 'p2', [IS_THERE]);
  await approve(world, 'p2');
  await during(loopParts(scene), async () => {
    expect((await stateOf(world, 'p1', isLooked)).kind).toBe('open');
    expect((await stateOf(world, 'p2', isLooked)).kind).toBe('approved');
  });
});

test('[VERIFY-19] a bug ends the loop instead of being taken for an answer', async () => {
  const scene = await sceneWith();
  await propose(scene.world, 'p1', [IS_THERE]);
  const workers = { put: () => Promise.reject(new TypeError('a bug')) };
  await expect(verifierLoop(loopParts(scene, { workers }), new AbortController().signal)).rejects.toThrow('a bug');
  expect(scene.notices).toEqual([]);
});

test('[VERIFY-19] a refusal is told and rested after like trouble', async () => {
  const scene = await sceneWith({ trust: { mandated: async () => [check('smoke', 'file', FILE)] } });
  await propose(scene.world, 'p1', [IS_THERE]);
  await during(loopParts(scene, { retryAfterMs: 60_000 }), async () => {
    await eventually(
      () => scene.notices.length,
      (count) => count >= 1,
    );
    await clock.wait(60);
  });
  expect(scene.notices).toMatchObject([{ kind: 'done', duty: 'look', answer: { kind: 'refused', code: 'POLICY' } }]);
});

test('[VERIFY-19, L5] nothing is due without checks, once looked at, or while an execution is under way', async () => {
  const { world, workers } = await sceneWith();
  workers.tell('is-there', told('red'));
  expect(dutyAt(await world.state('none'))).toBeUndefined();
  expect(dutyAt(await propose(world, 'p0', []))).toBeUndefined();
  expect(dutyAt(await approve(world, 'p0'))).toBeUndefined();
  expect(dutyAt(await claim(world, 'p0'))).toBeUndefined();
  expect(dutyAt(await propose(world, 'p1', [IS_THERE]))).toBe('look');
  await propose(world, 'p2', [IS_THERE]);
  expect(dutyAt(await admit(world, 'p2'))).toBe('look');
  expect(dutyAt(await approve(world, 'p1'))).toBe('look');
  expect(dutyAt(await claim(world, 'p1'))).toBe('look');
  await during(loopParts({ world, workers, notices: [] }), async () => {
    const ready = await stateOf(world, 'p1', isReady);
    expect(dutyAt(ready)).toBeUndefined();
  });
  expect(dutyAt(await start(world, 'p1'))).toBeUndefined();
  expect(dutyAt(await finish(world, 'p1', 'indeterminate'))).toBe('verify');
});
