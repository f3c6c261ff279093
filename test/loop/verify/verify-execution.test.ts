import { generateKeyPairSync, sign } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import type { CheckObservation, CheckSpec, OutcomeKind } from '../../../src/kernel/index.ts';
import { lookAt, type VerifyParts, verifyExecution } from '../../../src/loop/verify/index.ts';
import type { RecordedEvent } from '../../../src/record/index.ts';
import { type ToldWorkers, told, toldWorkers } from '../../support/told-workers.ts';
import {
  approve,
  check,
  claim,
  finish,
  type KeyPair,
  keyPair,
  openWorld,
  outcomeOf,
  propose,
  runnerOf,
  signedBy,
  start,
  type World,
  type WorldOptions,
} from '../../support/verify-world.ts';

const FILE = { path: '/srv/shop', expect: { exists: true } };
const IS_THERE = check('is-there', 'file', FILE);

const worlds: World[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

type Scene = { readonly world: World; readonly workers: ToldWorkers };

async function sceneWith(options: WorldOptions = {}): Promise<Scene> {
  const workers = toldWorkers();
  const world = await openWorld({ workers, ...options });
  worlds.push(world);
  return { world, workers };
}

/** Takes a proposal to its end; every check is red before. */
async function executed(scene: Scene, checks: readonly CheckSpec[], outcome: OutcomeKind = 'completed'): Promise<void> {
  const { world, workers } = scene;
  for (const { id } of checks) workers.tell(id, told('red'));
  await ready(scene, checks);
  await start(world, 'p1');
  await finish(world, 'p1', outcome);
}

async function ready({ world }: Scene, checks: readonly CheckSpec[]): Promise<void> {
  await propose(world, 'p1', checks);
  await approve(world, 'p1');
  await claim(world, 'p1');
  await lookAt(world.parts, 'p1');
}

test('[VERIFY-02, L7] red before and green after confirms, and the verdict is signed and recorded', async () => {
  const scene = await sceneWith();
  await executed(scene, [IS_THERE]);
  scene.workers.tell('is-there', told('green'));
  const answer = await verifyExecution(scene.world.parts, 'p1');
  expect(answer).toMatchObject({
    kind: 'verified',
    verdict: { kind: 'confirmed', isAsBefore: false, findings: [{ id: 'is-there', role: 'confirms' }] },
    state: { kind: 'closed', mark: 'as-approved' },
  });
  expect(scene.workers.errands.map(({ phase }) => phase)).toEqual(['before', 'after']);
  const [event] = await scene.world.store.log.read({ types: ['verified'], afterSeq: 0, limit: 10 });
  if (event?.body.type !== 'verified') throw new TypeError('no verdict was recorded');
  const { signed, ...body } = event.body;
  expect(signed).toEqual(await signedBy(scene.world.verifier, 'p1', body));
});

test.each([
  ['green', 'red', 'refuted'],
  ['green', 'green', 'inconclusive'],
  ['green', 'unknown', 'inconclusive'],
  ['red', 'unknown', 'inconclusive'],
  ['red', 'red', 'refuted'],
  ['unknown', 'green', 'inconclusive'],
] as const)('[VERIFY-02, L7] %s before and %s after is %s-by-%s', async (before, after, verdict) => {
  const scene = await sceneWith();
  scene.workers.tell('is-there', told(before));
  await ready(scene, [IS_THERE]);
  await start(scene.world, 'p1');
  await finish(scene.world, 'p1', 'completed');
  scene.workers.tell('is-there', told(after));
  expect(await verifyExecution(scene.world.parts, 'p1')).toMatchObject({
    kind: 'verified',
    verdict: { kind: verdict },
    state: { kind: 'held' },
  });
});

test('[VERIFY-02, L7] an invariant beside a confirming check lets it confirm, and a broken one refutes', async () => {
  const other = check('stays', 'file', FILE);
  const scene = await sceneWith();
  scene.workers.tell('is-there', told('red'));
  scene.workers.tell('stays', told('green'));
  await ready(scene, [IS_THERE, other]);
  await start(scene.world, 'p1');
  await finish(scene.world, 'p1', 'completed');
  scene.workers.tell('is-there', told('green'));
  scene.workers.tell('stays', told('red'));
  expect(await verifyExecution(scene.world.parts, 'p1')).toMatchObject({ verdict: { kind: 'refuted' } });
  scene.workers.tell('stays', told('green'));
  expect(await verifyExecution(scene.world.parts, 'p1')).toMatchObject({ verdict: { kind: 'confirmed' } });
});

test('[VERIFY-02] one worker that dies leaves the verdict inconclusive, whatever the others saw', async () => {
  const scene = await sceneWith();
  await executed(scene, [IS_THERE, check('other', 'file', FILE)]);
  scene.workers.tell('is-there', told('green'));
  scene.workers.tell('other', { kind: 'lost', why: 'the check worker died\u202e\u001b[2J' });
  const answer = await verifyExecution(scene.world.parts, 'p1');
  expect(answer).toMatchObject({ verdict: { kind: 'inconclusive' }, state: { kind: 'held' } });
  const [event] = await scene.world.store.log.read({ types: ['verified'], afterSeq: 0, limit: 10 });
  expect(event?.body).toMatchObject({
    observations: [
      { answer: 'green' },
      { answer: 'unknown', observed: null, detail: 'the check worker died⟨U+202E⟩⟨U+001B⟩[2J' },
    ],
  });
});

test('[VERIFY-02] a bundle without checks is never confirmed', async () => {
  const scene = await sceneWith();
  await propose(scene.world, 'p1', []);
  await approve(scene.world, 'p1');
  await claim(scene.world, 'p1');
  await start(scene.world, 'p1');
  await finish(scene.world, 'p1', 'completed');
  expect(await verifyExecution(scene.world.parts, 'p1')).toMatchObject({
    kind: 'verified',
    verdict: { kind: 'inconclusive', isAsBefore: false, findings: [] },
    state: { kind: 'held' },
  });
});

test('[VERIFY-02] there is no verdict before there was an execution', async () => {
  const scene = await sceneWith();
  await ready(scene, [IS_THERE]);
  const asked = scene.workers.errands.length;
  expect(await verifyExecution(scene.world.parts, 'p1')).toEqual({
    kind: 'refused',
    code: 'NOT_LEGAL_NOW',
    where: 'p1',
    what: 'verify',
    why: 'the proposal is executing: there is no execution to verify',
    next: 'countersign show p1',
  });
  expect(scene.workers.errands.length).toBe(asked);
});

test('[VERIFY-01, L10] a record that went back behind a remembered head gets no verdict', async () => {
  const scene = await sceneWith();
  const refusal = { kind: 'refused', code: 'STALE', what: 'a', where: 'b', why: 'c', next: 'd' } as const;
  const parts = { ...scene.world.parts, checkRecord: async () => refusal };
  expect(await verifyExecution(parts, 'p1')).toBe(refusal);
});

test('[VERIFY-03, L2] who has the key of a runner gives no verdict', async () => {
  const scene = await sceneWith();
  await executed(scene, [IS_THERE]);
  const signer = { ...scene.world.runner, name: 'verifier' };
  expect(await verifyExecution({ ...scene.world.parts, signer }, 'p1')).toMatchObject({ code: 'OWN_WORK' });
});

/** The record as a liar would show it. */
function shown(world: World, show: (event: RecordedEvent) => RecordedEvent | undefined): VerifyParts {
  return {
    ...world.parts,
    log: {
      read: async (query) => {
        const events = await world.store.log.read({ ...query, limit: 10_000 });
        return events.flatMap((event) => show(event) ?? []);
      },
    },
  };
}

const FORGERIES: readonly (readonly [
  string,
  string,
  (event: RecordedEvent, world: World) => RecordedEvent | undefined,
])[] = [
  [
    'a missing outcome',
    'the record has no signed event of the outcome',
    (event) => (event.body.type === 'executed' ? undefined : event),
  ],
  [
    'an outcome that was changed',
    'the signature of the outcome does not hold',
    (event) =>
      event.body.type === 'executed' ? { ...event, body: { ...event.body, outcome: outcomeOf('no-effect') } } : event,
  ],
  [
    'an outcome that the control plane recorded',
    'the outcome was recorded by a control, not by a runner',
    (event) => (event.body.type === 'executed' ? { ...event, actor: { kind: 'control', name: 'control' } } : event),
  ],
  [
    'an outcome of another runner',
    'the outcome is signed by a key that is not known as that of the runner other',
    (event) =>
      event.body.type === 'executed' && event.actor.kind === 'runner'
        ? { ...event, actor: { ...event.actor, name: 'other' } }
        : event,
  ],
  [
    'a missing look before',
    'the record has no signed event of the look before',
    (event) => (event.body.type === 'observed' ? undefined : event),
  ],
  [
    'a look at the proposal in its place',
    'the record has no signed event of the look before',
    (event) => (event.body.type === 'observed' ? { ...event, body: { ...event.body, phase: 'proposed' } } : event),
  ],
  [
    'a look before that was changed',
    'the signature of the look before does not hold',
    (event) =>
      event.body.type === 'observed'
        ? {
            ...event,
            body: { ...event.body, observations: event.body.observations.map((one) => ({ ...one, atMs: 1 })) },
          }
        : event,
  ],
  [
    'a look before by the runner',
    'the look before was recorded by a runner, not by a verifier',
    (event, world) => (event.body.type === 'observed' ? { ...event, actor: runnerOf(world) } : event),
  ],
];

test.each(FORGERIES)('[VERIFY-04, L7] %s gets no verdict', async (_, why, forge) => {
  const scene = await sceneWith();
  await executed(scene, [IS_THERE]);
  const asked = scene.workers.errands.length;
  const answer = await verifyExecution(
    shown(scene.world, (event) => forge(event, scene.world)),
    'p1',
  );
  expect(answer).toEqual({
    kind: 'refused',
    code: 'SIGNATURE_INVALID',
    where: 'p1',
    what: `a verdict over ${why.includes('the look before') ? 'the look before' : 'the outcome'}`,
    why,
    next: 'do not trust this record: run `countersign record verify`, and look at the world yourself',
  });
  expect(scene.workers.errands.length).toBe(asked);
  expect((await scene.world.state('p1')).kind).toBe('executed');
});

test('[VERIFY-04] an outcome that was signed by another key gets no verdict', async () => {
  const scene = await sceneWith();
  await ready(scene, [IS_THERE]);
  await start(scene.world, 'p1');
  await finish(scene.world, 'p1', 'no-effect', keyPair('prod-runner'));
  expect(await verifyExecution(scene.world.parts, 'p1')).toMatchObject({
    code: 'SIGNATURE_INVALID',
    why: 'the outcome is signed by a key that is not known as that of the runner prod-runner',
  });
});

test('[VERIFY-04, L3] an outcome of a runner of the same name, but not with the key that was approved, gets no verdict', async () => {
  const later = keyPair('prod-runner');
  const scene = await sceneWith();
  await ready(scene, [IS_THERE]);
  await start(scene.world, 'p1');
  await finish(scene.world, 'p1', 'completed', later);
  const parties = { runners: [{ name: later.name, key: later.key }], verifiers: [] };
  const trust = { ...scene.world.parts.trust, parties: async () => parties };
  expect(await verifyExecution({ ...scene.world.parts, trust }, 'p1')).toMatchObject({ code: 'SIGNATURE_INVALID' });
});

test('[VERIFY-04] an outcome that the state does not show gets no verdict', async () => {
  const scene = await sceneWith();
  await executed(scene, [IS_THERE]);
  const { standing } = scene.world.journal;
  const parts: VerifyParts = {
    ...scene.world.parts,
    journal: {
      ...scene.world.journal,
      standing: async (proposal) => {
        const now = await standing(proposal);
        if (now.state.kind !== 'executed') return now;
        return { ...now, state: { ...now.state, outcome: outcomeOf('no-effect') } };
      },
    },
  };
  expect(await verifyExecution(parts, 'p1')).toMatchObject({
    code: 'SIGNATURE_INVALID',
    why: 'the outcome is not what was signed',
  });
});

test.each([
  ['that is empty', () => []],
  ['that was not signed', (baseline: readonly CheckObservation[]) => baseline.map((one) => ({ ...one, atMs: 7 }))],
])('[VERIFY-04, L7] a state with a look before %s gets no verdict', async (_, show) => {
  const scene = await sceneWith();
  await executed(scene, [IS_THERE]);
  const { standing } = scene.world.journal;
  const journal: VerifyParts['journal'] = {
    ...scene.world.journal,
    standing: async (proposal) => {
      const now = await standing(proposal);
      if (now.state.kind !== 'executed') return now;
      return { ...now, state: { ...now.state, baseline: show(now.state.baseline) } };
    },
  };
  expect(await verifyExecution({ ...scene.world.parts, journal }, 'p1')).toMatchObject({
    code: 'SIGNATURE_INVALID',
    why: 'the look before is not what was signed',
  });
});

test('[VERIFY-04] signed words are found behind a thousand other looks', async () => {
  const scene = await sceneWith();
  await executed(scene, [IS_THERE]);
  scene.workers.tell('is-there', told('green'));
  const real = await scene.world.store.log.read({ stream: 'proposal:p1', afterSeq: 0, limit: 100 });
  const look = real.find(({ body }) => body.type === 'observed');
  if (look?.body.type !== 'observed') throw new TypeError('there is no look');
  const body = { ...look.body, phase: 'proposed' as const };
  const others = Array.from({ length: 1000 }, (_, index): RecordedEvent => ({ ...look, seq: index + 1, body }));
  const all = [...others, ...real.map((event) => ({ ...event, seq: event.seq + 1000 }))];
  const queries: unknown[] = [];
  const log: VerifyParts['log'] = {
    read: async (query) => {
      queries.push([query.stream, query.types, query.afterSeq]);
      const { types = [], afterSeq, limit } = query;
      return all.filter((event) => types.includes(event.body.type) && event.seq > afterSeq).slice(0, limit);
    },
  };
  expect(await verifyExecution({ ...scene.world.parts, log }, 'p1')).toMatchObject({ verdict: { kind: 'confirmed' } });
  expect(queries).toEqual([
    ['proposal:p1', ['executed', 'observed'], 0],
    ['proposal:p1', ['executed', 'observed'], 1000],
  ]);
});

test('[VERIFY-01] a verdict that the record refuses is no verdict', async () => {
  const scene = await sceneWith();
  await executed(scene, [IS_THERE]);
  const refusal = { kind: 'refused', code: 'NOT_LEGAL_NOW', what: 'a', where: 'b', why: 'c', next: 'd' } as const;
  const journal: VerifyParts['journal'] = { ...scene.world.journal, ask: async () => refusal };
  expect(await verifyExecution({ ...scene.world.parts, journal }, 'p1')).toBe(refusal);
});

test('[VERIFY-04] a look before that was signed by an unknown verifier gets no verdict; one that the operator knows does', async () => {
  const stranger = keyPair('stranger');
  const scene = await sceneWith();
  await propose(scene.world, 'p1', [IS_THERE]);
  await approve(scene.world, 'p1');
  await claim(scene.world, 'p1');
  scene.workers.tell('is-there', told('red'));
  await lookAt({ ...scene.world.parts, signer: stranger }, 'p1');
  await start(scene.world, 'p1');
  await finish(scene.world, 'p1', 'completed');
  expect(await verifyExecution(scene.world.parts, 'p1')).toMatchObject({
    code: 'SIGNATURE_INVALID',
    why: 'the look before is signed by a key that is not known as that of the verifier stranger',
  });
  const { runner } = scene.world;
  const parties = {
    runners: [{ name: runner.name, key: runner.key }],
    verifiers: [{ name: 'stranger', key: stranger.key }],
  };
  const trust = { ...scene.world.parts.trust, parties: async () => parties };
  expect(await verifyExecution({ ...scene.world.parts, trust }, 'p1')).toMatchObject({ kind: 'verified' });
});

test('[VERIFY-04] the verifier believes its own look, also where the trust file names no verifiers', async () => {
  const scene = await sceneWith();
  await executed(scene, [IS_THERE]);
  const { runner } = scene.world;
  const parties = { runners: [{ name: runner.name, key: runner.key }], verifiers: [] };
  const trust = { ...scene.world.parts.trust, parties: async () => parties };
  expect(await verifyExecution({ ...scene.world.parts, trust }, 'p1')).toMatchObject({ kind: 'verified' });
});

test.each([
  ['a key that is no key', { key: 'AAAA', signature: 'AAAA' }],
  ['a key of another kind', ecSignature()],
])('[VERIFY-04] a signature by %s does not hold', async (_, signed) => {
  const scene = await sceneWith({ runner: { ...keyPair('prod-runner'), key: signed.key } });
  await ready(scene, [IS_THERE]);
  await start(scene.world, 'p1');
  const outcome = outcomeOf('completed');
  await scene.world.ask('p1', { kind: 'finish', finish: { outcome, signed } }, runnerOf(scene.world));
  expect(await verifyExecution(scene.world.parts, 'p1')).toMatchObject({
    code: 'SIGNATURE_INVALID',
    why: 'the signature of the outcome does not hold',
  });
});

function ecSignature(): { readonly key: string; readonly signature: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  return { key, signature: sign(null, Buffer.from('whatever'), privateKey).toString('base64') };
}

test('[VERIFY-04] a true signature of another kind of key does not count', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const signer: KeyPair = {
    name: 'prod-runner',
    key,
    secret: privateKey,
    sign: async (text) => sign('sha256', Buffer.from(text), privateKey).toString('base64'),
  };
  const scene = await sceneWith({ runner: signer });
  await executed(scene, [IS_THERE]);
  expect(await verifyExecution(scene.world.parts, 'p1')).toMatchObject({
    why: 'the signature of the outcome does not hold',
  });
});

test('[VERIFY-04] the newest of many looks is the one that counts', async () => {
  const scene = await sceneWith();
  await propose(scene.world, 'p1', [IS_THERE]);
  await approve(scene.world, 'p1');
  scene.workers.tell('is-there', told('red'));
  for (let round = 0; round < 3; round += 1) {
    await claim(scene.world, 'p1');
    await lookAt(scene.world.parts, 'p1');
    await scene.world.ask('p1', { kind: 'release', why: 'not now' }, runnerOf(scene.world));
  }
  await claim(scene.world, 'p1');
  scene.workers.tell('is-there', told('green'));
  await lookAt(scene.world.parts, 'p1');
  await start(scene.world, 'p1');
  await finish(scene.world, 'p1', 'completed');
  expect(await verifyExecution(scene.world.parts, 'p1')).toMatchObject({
    verdict: { kind: 'inconclusive', findings: [{ role: 'holds' }] },
  });
});

test('[VERIFY-05, L15] without a mandated check green answers confirm nothing, red ones refute all the same', async () => {
  const mandated: CheckSpec[] = [];
  const scene = await sceneWith({ trust: { mandated: async () => mandated } });
  await executed(scene, [IS_THERE]);
  mandated.push(check('smoke', 'file', FILE, { origin: 'mandated' }), check('load', 'file', FILE));
  scene.workers.tell('is-there', told('green'));
  expect(await verifyExecution(scene.world.parts, 'p1')).toMatchObject({
    verdict: { kind: 'inconclusive' },
    state: {
      kind: 'held',
      verdicts: [
        {
          observations: [
            {
              answer: 'unknown',
              detail: 'green, but the bundle lacks the mandated smoke, load: this confirms nothing',
            },
          ],
        },
      ],
    },
  });
  scene.workers.tell('is-there', told('red'));
  expect(await verifyExecution(scene.world.parts, 'p1')).toMatchObject({ verdict: { kind: 'refuted' } });
});

test('[VERIFY-08, L7] after an unknown end a green plan confirms only beside another check', async () => {
  const plan = check('plan', 'terraform-plan', {}, { origin: 'driver' });
  const blob = { name: 'directory', digest: '', sizeBytes: 3, sealing: 'clear' as const };
  for (const [outcome, alone, both] of [
    ['indeterminate', 'inconclusive', 'confirmed'],
    ['completed', 'confirmed', 'confirmed'],
    ['partial', 'confirmed', 'confirmed'],
  ] as const) {
    for (const withOther of [false, true]) {
      const scene = await sceneWith();
      const { world, workers } = scene;
      const digest = await world.blobs.put(new TextEncoder().encode('tar'));
      const checks = withOther ? [plan, IS_THERE] : [plan];
      await propose(world, 'p1', checks, { manifest: { blobs: [{ ...blob, digest }] } });
      await approve(world, 'p1');
      await claim(world, 'p1');
      for (const { id } of checks) workers.tell(id, told('red'));
      await lookAt(world.parts, 'p1');
      await start(world, 'p1');
      await finish(world, 'p1', outcome);
      for (const { id } of checks) workers.tell(id, told('green'));
      expect(await verifyExecution(world.parts, 'p1')).toMatchObject({ verdict: { kind: withOther ? both : alone } });
    }
  }
});
