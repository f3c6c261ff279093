import { createPublicKey, verify } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { canonicalJson, type ProposalState } from '../../../src/kernel/index.ts';
import { lookAt, type VerifyParts } from '../../../src/loop/verify/index.ts';
import { signedText } from '../../../src/record/index.ts';
import { told, toldWorkers } from '../../support/told-workers.ts';
import {
  approve,
  check,
  claim,
  finish,
  keyPair,
  openWorld,
  propose,
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

async function worldWith(options: WorldOptions = {}): Promise<World> {
  const world = await openWorld(options);
  worlds.push(world);
  return world;
}

test('[VERIFY-01, L7] a look at the proposal is recorded with what was seen, signed by the verifier and for the people', async () => {
  const workers = toldWorkers();
  workers.tell('is-there', told('red', 'nothing'));
  const world = await worldWith({ workers });
  await propose(world, 'p1', [IS_THERE]);
  const answer = await lookAt(world.parts, 'p1');
  if (answer.kind !== 'looked') throw new TypeError(answer.why);
  expect(answer.phase).toBe('proposed');
  expect(answer.observations).toEqual([
    {
      id: 'is-there',
      answer: 'red',
      observed: { seen: 'nothing' },
      observedDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      detail: 'it is nothing',
      atMs: expect.any(Number),
    },
  ]);
  expect(answer.state).toMatchObject({ kind: 'proposed', lookedAt: answer.observations });
  expect(workers.errands.map(({ phase, directory }) => [phase, directory])).toEqual([['proposed', world.directory]]);
  const [event] = await world.store.log.read({ stream: 'proposal:p1', types: ['observed'], afterSeq: 0, limit: 10 });
  if (event?.body.type !== 'observed') throw new TypeError('no look was recorded');
  expect(event.actor).toEqual({ kind: 'verifier', name: 'verifier', key: world.verifier.key });
  expect(event.body.signed.key).toBe(world.verifier.key);
  const key = createPublicKey({ key: Buffer.from(world.verifier.key, 'base64'), format: 'der', type: 'spki' });
  const text = signedText('p1', event.body);
  expect(verify(null, Buffer.from(text), key, Buffer.from(event.body.signed.signature, 'base64'))).toBe(true);
});

test('[VERIFY-01, L5] while a runner holds the claim a look is the baseline; after the start nobody looks', async () => {
  const workers = toldWorkers();
  workers.tell('is-there', told('red'));
  const world = await worldWith({ workers });
  await propose(world, 'p1', [IS_THERE]);
  await approve(world, 'p1');
  await claim(world, 'p1');
  const answer = await lookAt(world.parts, 'p1');
  expect(answer).toMatchObject({ kind: 'looked', phase: 'before', state: { kind: 'executing', stage: 'ready' } });
  await start(world, 'p1');
  expect(await lookAt(world.parts, 'p1')).toEqual({
    kind: 'refused',
    code: 'NOT_LEGAL_NOW',
    where: 'p1',
    what: 'look',
    why: 'it has begun: a look is no baseline any more',
    next: 'countersign show p1',
  });
  await finish(world, 'p1', 'completed');
  expect(await lookAt(world.parts, 'p1')).toMatchObject({ code: 'NOT_LEGAL_NOW', why: 'the proposal is executed' });
  expect(workers.errands.length).toBe(1);
});

test('[VERIFY-21, L7] a look that was taken before the claim is no baseline', async () => {
  const workers = toldWorkers();
  workers.tell('is-there', told('red'));
  const world = await worldWith({
    workers: {
      put: async (errand) => {
        if (workers.errands.length === 0) await claim(world, 'p1');
        return await workers.put(errand);
      },
    },
  });
  await propose(world, 'p1', [IS_THERE]);
  await approve(world, 'p1');
  expect(await lookAt(world.parts, 'p1')).toMatchObject({
    kind: 'refused',
    code: 'NOT_LEGAL_NOW',
    why: expect.stringContaining('taken as "proposed"'),
  });
  expect(await world.state('p1')).toMatchObject({ kind: 'executing', stage: 'claimed', baseline: [] });
  expect(await lookAt(world.parts, 'p1')).toMatchObject({ kind: 'looked', phase: 'before' });
});

test('[VERIFY-03, L2] who has the name or a key of a runner does not look', async () => {
  const both = keyPair('both');
  const workers = toldWorkers();
  const sameKey = await worldWith({ workers, runner: both, verifier: { ...both, name: 'verifier' } });
  await propose(sameKey, 'p1', [IS_THERE]);
  expect(await lookAt(sameKey.parts, 'p1')).toEqual({
    kind: 'refused',
    code: 'OWN_WORK',
    where: 'p1',
    what: 'this look',
    why: 'verifier holds the key of the runner both',
    next: 'let a verifier with a name and a key of its own look',
  });
  const sameName = await worldWith({ workers, runner: both, verifier: keyPair('both') });
  await propose(sameName, 'p1', [IS_THERE]);
  expect(await lookAt(sameName.parts, 'p1')).toMatchObject({ code: 'OWN_WORK', why: 'both is its runner' });
  const other = keyPair('other-runner');
  const otherRunner = await worldWith({
    workers,
    verifier: { ...other, name: 'verifier' },
    trust: { parties: async () => ({ runners: [{ name: other.name, key: other.key }], verifiers: [] }) },
  });
  await propose(otherRunner, 'p1', [IS_THERE]);
  expect(await lookAt(otherRunner.parts, 'p1')).toMatchObject({
    code: 'OWN_WORK',
    why: 'verifier holds the key of the runner other-runner',
  });
  expect(workers.errands).toEqual([]);
});

test.each([
  ['checks', { checks: [] }],
  ['checks', { checks: [{ ...IS_THERE, question: { path: '/srv/shop', expect: { exists: false } } }] }],
  ['runner', { runner: 'another' }],
  ['environment', { environment: 'sandbox' as const }],
])('[VERIFY-01, L15] a record that says other %s than the bundle is not looked at', async (member, recorded) => {
  const workers = toldWorkers();
  const world = await worldWith({ workers });
  await propose(world, 'p1', [IS_THERE], { recorded });
  expect(await lookAt(world.parts, 'p1')).toMatchObject({
    kind: 'refused',
    code: 'WRONG_DOCUMENT',
    what: 'this look',
    why: expect.stringContaining(`the record says ${member} `),
    next: 'do not trust this record: run `countersign record verify`',
  });
  expect(workers.errands).toEqual([]);
});

test('[VERIFY-01] a bundle of another proposal, target or driver is not looked at', async () => {
  const world = await worldWith();
  await propose(world, 'p1', [IS_THERE], { manifest: { proposal: 'p2', target: 'shop-p1' } });
  expect(await lookAt(world.parts, 'p1')).toMatchObject({
    code: 'WRONG_DOCUMENT',
    why: expect.stringContaining('proposal'),
  });
});

test('[VERIFY-01, L3] a manifest whose bytes are not those that were approved is not read', async () => {
  const world = await worldWith();
  await propose(world, 'p1', [IS_THERE]);
  const other = new TextEncoder().encode('{}');
  const parts = { ...world.parts, blobs: { ...world.blobs, get: async () => other } };
  await expect(lookAt(parts, 'p1')).rejects.toMatchObject({
    code: 'BLOB_CORRUPT',
    message: expect.stringContaining('its bytes have another digest'),
    hint: 'nothing was verified; check the store with `countersign record verify`',
    where: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test.each([
  ['is no JSON', 'nothing', /SyntaxError/],
  ['is not canonical', '{ "a": 1 }', /not canonical/],
  ['names a member twice', '{"a":1,"a":2}', /not canonical/],
  ['is no manifest', '{"schema":"countersign.bundle/2"}', /schema/],
])('[VERIFY-01] a manifest that %s is not read', async (_, text, why) => {
  const world = await worldWith();
  const bytes = new TextEncoder().encode(text);
  const bundleDigest = await world.blobs.put(bytes);
  await propose(world, 'p1', [IS_THERE], { recorded: { bundleDigest } });
  await expect(lookAt(world.parts, 'p1')).rejects.toMatchObject({
    code: 'BLOB_CORRUPT',
    message: expect.stringMatching(why),
  });
});

const BLOB = { name: 'directory', digest: 'f'.repeat(64), sizeBytes: 1, sealing: 'clear' };

test.each([
  ['a runner without a key', { runner: { name: 'prod-runner' } }, /runner.key/],
  ['a runner without a name', { runner: { key: 'x' } }, /runner.name/],
  ['an unknown environment', { environment: 'nowhere' }, /environment/],
  ['an unknown driver', { driver: 'magic' }, /driver/],
  ['a blob without a digest', { blobs: [{ ...BLOB, digest: undefined }] }, /blobs\[0\].digest/],
  ['a blob with a digest that is too long', { blobs: [{ ...BLOB, digest: 'f'.repeat(65) }] }, /blobs\[0\].digest/],
  [
    'a blob with a digest that only ends well',
    { blobs: [{ ...BLOB, digest: `x${BLOB.digest}` }] },
    /blobs\[0\].digest/,
  ],
  ['a blob that is sealed in an unknown way', { blobs: [{ ...BLOB, sealing: 'rot13' }] }, /blobs\[0\].sealing/],
  ['a blob without a name', { blobs: [{ ...BLOB, name: undefined }] }, /blobs\[0\].name/],
])('[VERIFY-01] a manifest with %s is not read', async (_, wrong, why) => {
  const world = await worldWith();
  const good = await propose(world, 'p0', [IS_THERE]);
  if (good.kind !== 'proposed') throw new TypeError(good.kind);
  const text = new TextDecoder().decode(await world.blobs.get(good.bundleDigest));
  const manifest = { ...JSON.parse(text), proposal: 'p1', target: 'shop-p1', ...wrong };
  const bundleDigest = await world.blobs.put(new TextEncoder().encode(canonicalJson(manifest)));
  await propose(world, 'p1', [IS_THERE], { recorded: { bundleDigest } });
  await expect(lookAt(world.parts, 'p1')).rejects.toMatchObject({
    code: 'BLOB_CORRUPT',
    message: expect.stringMatching(why),
  });
});

test.each([
  ['staging', 'terraform'],
  ['sandbox', 'sqlite'],
  ['production', 'argv'],
] as const)('[VERIFY-01] a bundle for %s by %s is looked at', async (environment, driver) => {
  const workers = toldWorkers();
  workers.tell('is-there', told('red'));
  const world = await worldWith({ workers });
  await propose(world, 'p1', [IS_THERE], { manifest: { environment, driver } });
  expect(await lookAt(world.parts, 'p1')).toMatchObject({ kind: 'looked' });
});

test('[VERIFY-01] a manifest with a check of an unknown shape is not read', async () => {
  const world = await worldWith();
  const odd = { ...IS_THERE, weaker: true };
  await propose(world, 'p1', [odd], { recorded: { checks: [IS_THERE] } });
  await expect(lookAt(world.parts, 'p1')).rejects.toMatchObject({ code: 'BLOB_CORRUPT' });
});

test('[VERIFY-05, L15] a bundle that lacks a mandated check gets no look; one that has it does', async () => {
  const workers = toldWorkers();
  workers.tell('is-there', told('red'));
  const mandated = check('is-there', 'file', FILE, { origin: 'mandated', timeoutMs: 5 });
  const asked: unknown[] = [];
  const world = await worldWith({
    workers,
    trust: {
      mandated: async (sealed) => {
        asked.push(sealed);
        return sealed.target === 'shop-p1' ? [mandated, check('smoke', 'file', FILE)] : [mandated];
      },
    },
  });
  await propose(world, 'p1', [check('other', 'file', FILE)]);
  expect(await lookAt(world.parts, 'p1')).toEqual({
    kind: 'refused',
    code: 'POLICY',
    where: 'p1',
    what: 'this look',
    why: 'the bundle lacks checks that the trust file mandates: is-there, smoke',
    next: 'propose the change again, so that they are sealed with it',
  });
  await propose(world, 'p2', [check('is-there', 'file', { path: '/srv/else', expect: { exists: true } })]);
  expect(await lookAt(world.parts, 'p2')).toMatchObject({ code: 'POLICY' });
  expect(workers.errands).toEqual([]);
  await propose(world, 'p3', [mandated]);
  expect(await lookAt(world.parts, 'p3')).toMatchObject({ kind: 'looked' });
  expect(asked[0]).toEqual({ target: 'shop-p1', environment: 'production', driver: 'argv' });
});

test('[VERIFY-22, L15] a check is mandated by the verifier’s own trust file, and not by what a bundle calls it', async () => {
  const workers = toldWorkers();
  const mandated = check('smoke', 'command', { argv: ['true'], expect: { exitCode: 0 } }, { origin: 'mandated' });
  const world = await worldWith({ workers, trust: { mandated: async () => [mandated] } });
  const other = { argv: ['true'], directory: '/', expect: { exitCode: 0 } };
  await propose(world, 'p1', [
    { ...mandated, origin: 'proposal', timeoutMs: 7 },
    check('forged', 'command', other, { origin: 'mandated' }),
    check('driven', 'command', other, { origin: 'driver' }),
    check('smoke-2', 'command', { argv: ['true'], expect: { exitCode: 0 } }, { origin: 'mandated' }),
  ]);
  expect(await lookAt(world.parts, 'p1')).toMatchObject({ kind: 'looked' });
  expect(workers.errands.map(({ spec, isMandated }) => [spec.id, isMandated])).toEqual([
    ['smoke', true],
    ['forged', false],
    ['driven', false],
    ['smoke-2', false],
  ]);
});

test('[VERIFY-18, L1, L15] a check counts as approved only when a person whom the verifier itself knows signed this bundle', async () => {
  const workers = toldWorkers();
  workers.tell('is-there', told('red'));
  const known: unknown[] = [];
  let isKnown = true;
  const world = await worldWith({
    workers,
    trust: {
      knowsApproval: async (approval) => {
        known.push(approval);
        return isKnown;
      },
    },
  });
  await propose(world, 'p1', [IS_THERE]);
  await lookAt(world.parts, 'p1');
  const approved = await approve(world, 'p1');
  if (approved.kind !== 'approved') throw new TypeError(approved.kind);
  expect(known).toEqual([]);
  await lookAt(world.parts, 'p1');
  const [approval] = approved.approvals;
  expect(known).toEqual([{ document: approval?.document, signature: approval?.signature }]);
  isKnown = false;
  await lookAt(world.parts, 'p1');
  expect(workers.errands.map(({ isApproved }) => isApproved)).toEqual([false, true, false]);
});

test.each([
  ['another bundle', { bundleDigest: 'd'.repeat(64) }, false],
  ['another proposal', { proposal: 'p2' }, false],
  ['a rejection', { decision: 'reject' as const }, false],
  ['a broken glass', { decision: 'break-glass' as const }, true],
])('[VERIFY-18] a signature over %s approves what it names and nothing else', async (_, document, isApproved) => {
  const workers = toldWorkers();
  workers.tell('is-there', told('red'));
  const world = await worldWith({ workers });
  await propose(world, 'p1', [IS_THERE]);
  await approve(world, 'p1');
  const { standing } = world.journal;
  const journal: VerifyParts['journal'] = {
    ...world.journal,
    standing: async (proposal) => {
      const now = await standing(proposal);
      if (now.state.kind !== 'approved') return now;
      const approvals = now.state.approvals.map((one) => ({ ...one, document: { ...one.document, ...document } }));
      return { ...now, state: { ...now.state, approvals } };
    },
  };
  await lookAt({ ...world.parts, journal }, 'p1');
  expect(workers.errands.map((errand) => errand.isApproved)).toEqual([isApproved]);
});

test('[VERIFY-05, L15] an easy check can not stand in for a mandated one of the same name', async () => {
  const workers = toldWorkers();
  const easy = check('is-there', 'file', { path: '/', expect: { exists: true } });
  const mandated = check('is-there', 'file', FILE, { origin: 'mandated' });
  const world = await worldWith({ workers, trust: { mandated: async () => [mandated] } });
  await propose(world, 'p1', [easy, mandated], { recorded: { checks: [easy] } });
  // The kernel seals no such bundle: it takes a record that somebody wrote into.
  const standing = async (proposal: string): ReturnType<typeof world.parts.journal.standing> => {
    const stood = await world.parts.journal.standing(proposal);
    return { ...stood, state: { ...stood.state, checks: [easy, mandated] } as ProposalState };
  };
  const forged = { ...world.parts, journal: { ...world.parts.journal, standing } };
  expect(await lookAt(forged, 'p1')).toEqual({
    kind: 'refused',
    code: 'POLICY',
    where: 'p1',
    what: 'this look',
    why: 'two checks of the bundle are called is-there',
    next: 'propose the change again, with a name for each check',
  });
  expect(workers.errands).toEqual([]);
});

test('[VERIFY-01, L10] a record that went back behind a remembered head is not looked at', async () => {
  const world = await worldWith();
  await propose(world, 'p1', [IS_THERE]);
  const refusal = {
    kind: 'refused',
    code: 'STALE',
    what: 'the record',
    where: 'head',
    why: 'it is older than what I remember',
    next: 'restore it',
  } as const;
  const parts = { ...world.parts, checkRecord: async () => refusal };
  expect(await lookAt(parts, 'p1')).toBe(refusal);
});

test('[VERIFY-01] a proposal that does not exist is not looked at', async () => {
  const world = await worldWith();
  expect(await lookAt(world.parts, 'nothing')).toMatchObject({
    code: 'NOT_LEGAL_NOW',
    why: 'the proposal is absent',
    where: 'nothing',
  });
});
