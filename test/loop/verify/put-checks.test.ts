import { afterEach, expect, test } from 'vitest';
import {
  type CheckObservation,
  type CheckProgram,
  type CheckSpec,
  canonicalJson,
  Failure,
} from '../../../src/kernel/index.ts';
import { lookAt } from '../../../src/loop/verify/index.ts';
import { type ToldWorkers, told, toldWorkers } from '../../support/told-workers.ts';
import {
  approve,
  type BundleOptions,
  check,
  openWorld,
  propose,
  type World,
  type WorldOptions,
} from '../../support/verify-world.ts';

const FILE = { path: '/srv/shop', expect: { exists: true } };

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

async function look(
  { world }: Scene,
  checks: readonly CheckSpec[],
  options: BundleOptions = {},
): Promise<readonly CheckObservation[]> {
  await propose(world, 'p1', checks, options);
  const answer = await lookAt(world.parts, 'p1');
  if (answer.kind === 'refused') throw new TypeError(`${answer.code} ${answer.why}`);
  return answer.observations;
}

test.each([
  ['an unknown member', 'file', { ...FILE, expects: {} }, 'Unrecognized key: "expects"'],
  ['an unknown expectation', 'file', { path: '/x', expect: { exists: true, or: 1 } }, 'expect: Unrecognized key: "or"'],
  ['no expectation', 'file', { path: '/x', expect: {} }, 'expect: expects nothing, so it could never be red'],
  [
    'a relative path',
    'sqlite',
    { path: 'x', query: 'select 1', expect: { scalar: 1 } },
    'path: must be an absolute path',
  ],
  [
    'a writing query',
    'sqlite',
    { path: '/x', query: 'delete from t', expect: { scalar: 1 } },
    'query: must be a single SELECT',
  ],
  [
    'a writing method',
    'http',
    { url: 'http://x/', method: 'POST', expect: { status: 200 } },
    'method: Invalid option: expected one of "GET"|"HEAD"',
  ],
  [
    'another scheme',
    'http',
    { url: 'file:///etc/passwd', expect: { status: 200 } },
    'url: must be an http or https URL',
  ],
  [
    'an expectation of no kind',
    'command',
    { argv: ['true'], expect: { stdout: { like: 'x' } } },
    'expect.stdout.equals: Invalid input: expected string, received undefined; expect.stdout: Unrecognized key: "like"',
  ],
  [
    'a count below nothing',
    'sqlite',
    { path: '/x', expect: { rowCounts: { t: -1 } } },
    'expect.rowCounts.t: Too small: expected number to be >=0',
  ],
  [
    'a shell line',
    'command',
    { argv: 'rm -rf /', expect: { exitCode: 0 } },
    'argv: Invalid input: expected array, received string',
  ],
] as const)('[VERIFY-09, L15] a question with %s is not put', async (_, kind, question, why) => {
  const scene = await sceneWith();
  const [observation] = await look(scene, [check('odd', kind, question)]);
  expect(observation).toMatchObject({ id: 'odd', answer: 'unknown', observed: null });
  expect(observation?.detail).toBe(`the question can't be read: ${why}`);
  expect(scene.workers.errands).toEqual([]);
});

test('[VERIFY-01] many checks are all put, a few at a time, and answered in the order of the bundle', async () => {
  const ids = Array.from({ length: 11 }, (_, index) => `c${index}`);
  let inHand = 0;
  let most = 0;
  const scene = await sceneWith({
    workers: {
      put: async (errand) => {
        inHand += 1;
        most = Math.max(most, inHand);
        await Promise.resolve();
        inHand -= 1;
        return told(errand.spec.id === 'c3' ? 'red' : 'green', errand.spec.id);
      },
    },
  });
  const observations = await look(
    scene,
    ids.map((id) => check(id, 'file', FILE)),
  );
  expect(observations.map(({ id, observed }) => [id, observed])).toEqual(ids.map((id) => [id, { seen: id }]));
  expect(observations.filter(({ answer }) => answer === 'red').map(({ id }) => id)).toEqual(['c3']);
  expect(most).toBe(4);
});

test('[VERIFY-17, L7] a sustained question is asked as often as it says, and the newest answer speaks for all', async () => {
  const scene = await sceneWith();
  scene.workers.tell('steady', told('green', 'one'), told('green', 'two'), told('green', 'three'));
  const sustained = { samples: 3, everyMs: 10 };
  const waits: number[] = [];
  const { clock } = scene.world.parts;
  Object.assign(scene.world.parts, {
    clock: { ...clock, wait: async (durationMs: number) => void waits.push(durationMs) },
  });
  const [observation] = await look(scene, [check('steady', 'file', { ...FILE, sustained })]);
  expect(observation).toMatchObject({ answer: 'green', observed: { seen: 'three' } });
  expect(waits).toEqual([10, 10]);
  expect(scene.workers.errands.length).toBe(3);
});

test.each([
  [[told('green'), told('red')], 'the answers did not agree: green, red'],
  [[told('red'), told('green')], 'the answers did not agree: red, green'],
  [[told('green'), told('unknown')], 'the answers did not agree: green, unknown'],
  [[{ kind: 'lost', why: 'the check worker died' } as const, told('green')], 'the check worker died'],
  [[told('green'), { kind: 'lost', why: 'the check worker died' } as const], 'the check worker died'],
])('[VERIFY-17, L7] samples that do not agree are no answer (%#)', async (samples, why) => {
  const scene = await sceneWith();
  scene.workers.tell('steady', ...samples);
  const question = { ...FILE, sustained: { samples: 2, everyMs: 10 } };
  const [observation] = await look(scene, [check('steady', 'file', question)]);
  expect(observation).toMatchObject({ answer: 'unknown', detail: why, observed: null });
});

test('[VERIFY-23, L3] an answer says so where the program was not the sealed one', async () => {
  const scene = await sceneWith();
  scene.workers.tell('swapped', { kind: 'lost', why: 'ask.sh changed', isChanged: true });
  const [observation] = await look(scene, [check('swapped', 'file', FILE)]);
  expect(observation).toMatchObject({
    answer: 'unknown',
    detail: 'ask.sh changed',
    observed: { program: 'not as sealed' },
  });
});

test('[VERIFY-11] words of a worker that would not fit the record are no answer, and a long line is cut', async () => {
  const checks = [check('long', 'file', FILE), check('fits', 'file', FILE)];
  const scene = await sceneWith({ trust: { mandated: async () => checks } });
  const digest = 'a'.repeat(64);
  const reply = { kind: 'replied', answer: 'green', observedDigest: digest } as const;
  scene.workers.tell('long', { ...reply, observed: 'x'.repeat(4095), detail: '' });
  scene.workers.tell('fits', { ...reply, observed: 'x'.repeat(4094), detail: `${'é'.repeat(399)}\u202e and more` });
  const [long, fits] = await look(scene, checks);
  expect(long).toMatchObject({
    answer: 'unknown',
    observed: null,
    observedDigest: scene.world.parts.hash(canonicalJson(null)),
    detail: 'the check worker said more than may be recorded',
  });
  expect(fits).toMatchObject({ answer: 'green', observedDigest: digest, detail: `${'é'.repeat(399)}⟨` });
});

test('[VERIFY-23, L3] a worker is told the sealed files of its own check, and of no other', async () => {
  const scene = await sceneWith();
  const program = (id: string, path: string): CheckProgram => ({
    check: id,
    path,
    sha256: 'a'.repeat(64),
    sizeBytes: 1,
  });
  const checkPrograms = [program('one', '/bin/a'), program('two', '/bin/b'), program('one', '/srv/c')];
  const question = { argv: ['a'], expect: { exitCode: 0 } };
  const checks = ['one', 'two', 'three'].map((id) => check(id, 'command', question));
  await look(scene, checks, { manifest: { checkPrograms } });
  const told = scene.workers.errands.map(({ spec, programs }) => [spec.id, programs.map(({ path }) => path)]);
  expect(told).toEqual([
    ['one', ['/bin/a', '/srv/c']],
    ['two', ['/bin/b']],
    ['three', []],
  ]);
});

test('[VERIFY-24, VERIFY-11, L11] the digest of an answer that nobody approved to be asked for can be compared, and not guessed', async () => {
  const mandated = check('smoke', 'file', FILE);
  const scene = await sceneWith({ trust: { mandated: async () => [mandated], knowsApproval: async () => isKnown } });
  let isKnown = false;
  const { workers, world } = scene;
  for (const id of ['smoke', 'own', 'twin']) workers.tell(id, told('red', 'secret'));
  const plain = world.parts.hash('secret');
  const checks = [mandated, check('own', 'file', FILE), check('twin', 'file', FILE)];
  const digests = (observations: readonly CheckObservation[]): readonly string[] =>
    observations.map(({ observedDigest }) => observedDigest);
  const [smoke, own, twin] = digests(await look(scene, checks));
  expect(smoke).toBe(plain);
  expect(own).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set([plain, own, twin]).size).toBe(3);
  const again = await lookAt(world.parts, 'p1');
  if (again.kind === 'refused') throw new TypeError(again.why);
  expect(digests(again.observations)).toEqual([plain, own, twin]);
  workers.tell('own', told('red', 'other'));
  const changed = await lookAt(world.parts, 'p1');
  if (changed.kind === 'refused') throw new TypeError(changed.why);
  expect(digests(changed.observations)[1]).not.toBe(own);
  await approve(world, 'p1');
  isKnown = true;
  workers.tell('own', told('red', 'secret'));
  const approved = await lookAt(world.parts, 'p1');
  if (approved.kind === 'refused') throw new TypeError(approved.why);
  expect(digests(approved.observations)).toEqual([plain, plain, plain]);
});

const PLAN = check('plan', 'terraform-plan', { any: 'thing' }, { origin: 'driver' });
const CONTENT = new TextEncoder().encode('sealed bytes');

async function blob(world: World, sealing: 'clear' | 'age'): Promise<BundleOptions> {
  const digest = await world.blobs.put(CONTENT);
  const blobs = [
    { name: 'plan', digest: 'f'.repeat(64), sizeBytes: 1, sealing: 'age' as const },
    { name: 'directory', digest, sizeBytes: CONTENT.byteLength, sealing },
  ];
  return { manifest: { blobs } };
}

test('[VERIFY-16, L11] a plan check gets the sealed directory, opened with the verifier’s own key, and no other check does', async () => {
  const opened: Uint8Array[] = [];
  const scene = await sceneWith({
    opener: {
      open: async (sealed) => {
        opened.push(sealed);
        return new TextEncoder().encode('in the clear');
      },
    },
  });
  scene.workers.tell('plan', told('red'));
  const [observation] = await look(scene, [PLAN, check('file', 'file', FILE)], await blob(scene.world, 'age'));
  expect(observation).toMatchObject({ id: 'plan', answer: 'red' });
  expect(opened).toEqual([CONTENT]);
  const [plan, file] = ['plan', 'file'].map((id) => scene.workers.errands.find(({ spec }) => spec.id === id));
  expect(new TextDecoder().decode(plan?.sealedDirectory)).toBe('in the clear');
  expect(file?.sealedDirectory).toBeUndefined();
});

test('[VERIFY-16] a clear directory is handed on as it is', async () => {
  const scene = await sceneWith({ opener: { open: () => Promise.reject(new TypeError('nothing is to be opened')) } });
  await look(scene, [PLAN], await blob(scene.world, 'clear'));
  expect(scene.workers.errands[0]?.sealedDirectory).toEqual(CONTENT);
});

test('[VERIFY-16, L7] a directory that is not there, destroyed or not for this verifier answers nothing', async () => {
  const without = await sceneWith();
  expect(await look(without, [PLAN])).toMatchObject([
    { answer: 'unknown', detail: 'the bundle has no directory to plan in' },
  ]);
  const destroyed = await sceneWith();
  const options = await blob(destroyed.world, 'age');
  await destroyed.world.blobs.destroy(destroyed.world.parts.hash(CONTENT));
  expect(await look(destroyed, [PLAN], options)).toMatchObject([
    { answer: 'unknown', detail: 'the sealed directory was destroyed: it can be planned in no more' },
  ]);
  const failing = (code: 'DECRYPTION_FAILED' | 'KEY_UNREADABLE'): WorldOptions => ({
    opener: { open: () => Promise.reject(new Failure(code, 'no', { hint: 'none' })) },
  });
  const foreign = await sceneWith(failing('DECRYPTION_FAILED'));
  expect(await look(foreign, [PLAN], await blob(foreign.world, 'age'))).toMatchObject([
    { answer: 'unknown', detail: 'the directory was not sealed to this verifier' },
  ]);
  const broken = await sceneWith(failing('KEY_UNREADABLE'));
  await expect(look(broken, [PLAN], await blob(broken.world, 'age'))).rejects.toMatchObject({ code: 'KEY_UNREADABLE' });
  for (const { workers } of [without, destroyed, foreign, broken]) expect(workers.errands).toEqual([]);
});

test('[VERIFY-16, L1] nobody but a driver or the operator can have a plan made', async () => {
  const scene = await sceneWith();
  const own = { ...PLAN, origin: 'proposal' as const };
  expect(await look(scene, [own], await blob(scene.world, 'clear'))).toMatchObject([
    { answer: 'unknown', detail: 'only a driver can ask for a plan' },
  ]);
  expect(scene.workers.errands).toEqual([]);
});
