import { afterEach, expect, test } from 'vitest';
import { openSealed } from '../../../src/adapters/index.ts';
import {
  bundleDigest,
  type Command,
  canonicalJson,
  Failure,
  judge,
  type Manifest,
  type Principal,
  type ProposalState,
  placeOf,
} from '../../../src/kernel/index.ts';
import { type ProposeAnswer, type ProposeParts, proposeChange, resumeDraft } from '../../../src/loop/propose/index.ts';
import { openJournal } from '../../../src/record/index.ts';
import { ANN, live, observation, tell } from '../../kernel/examples.ts';
import {
  CHECK,
  openProposeWorld,
  PREVIEW,
  type ProposeWorld,
  planned,
  REQUIREMENT,
} from '../../support/propose-world.ts';

const worlds: ProposeWorld[] = [];
async function world(): Promise<ProposeWorld> {
  const opened = await openProposeWorld();
  worlds.push(opened);
  return opened;
}
afterEach(async () => {
  for (const opened of worlds.splice(0)) await opened.close();
});

const HELD = live('end', { after: [observation('red')] });

/** The same parts, with one more proposal in the record: `p-1`, on the target `shop`. */
function standingIn(parts: ProposeParts, state: ProposalState): ProposeParts {
  const { journal } = parts;
  const standing: typeof journal.standing = async (id) =>
    id === 'p-1' ? { ...(await journal.standing(id)), state } : await journal.standing(id);
  return { ...parts, journal: { ask: (...asked) => journal.ask(...asked), standing } };
}

function idOf(answer: ProposeAnswer): string {
  if ('id' in answer) return answer.id;
  throw new TypeError(`refused: ${answer.why}`);
}

async function manifestOf({ parts, state }: ProposeWorld, id: string): Promise<Manifest> {
  const now = await state(id);
  if (!('bundleDigest' in now)) throw new TypeError(`${id} is ${now.kind}`);
  return JSON.parse(new TextDecoder().decode(await parts.blobs.get(now.bundleDigest))) as Manifest;
}

test('[PROPOSE-04, L3] a change becomes an open proposal whose bundle names everything that will run', async () => {
  const opened = await world();
  const { parts, request, script, runner, verifier, plans } = opened;
  script.plan = async () =>
    planned({
      blobs: [
        { name: 'plain', content: Buffer.from('everybody'), readers: 'everybody' },
        { name: 'plan', content: Buffer.from('for two'), readers: 'runner-and-verifier' },
        { name: 'input', content: Buffer.from('for one'), readers: 'runner' },
      ],
    });
  script.resolved = { notes: ['nothing binds it'] };
  const evidence = [{ id: 'e-1', digest: 'c'.repeat(64) }];
  const before = Date.now();
  const answer = await proposeChange(parts, request({ evidence, stdin: Buffer.from('in') }));
  const id = idOf(answer);
  expect(id).toMatch(/^p-[0-9a-hjkmnp-tv-z]{10}$/);
  expect(answer).toMatchObject({
    kind: 'open',
    look: { kind: 'looked' },
    superseded: [],
    notes: ['nothing binds it'],
    state: {
      kind: 'open',
      environment: 'staging',
      runner: 'prod-runner',
      counts: PREVIEW.counts,
      unpredictable: 1,
      checks: [CHECK],
      requirement: REQUIREMENT,
      intent: 'make it so',
      proposer: { kind: 'agent', name: 'claude', person: 'ann', session: 's-1' },
    },
  });
  const state = await opened.state(id);
  if (state.kind !== 'open') throw new TypeError('not open');
  const manifest = await manifestOf(opened, id);
  expect(manifest).toMatchObject({
    schema: 'countersign.bundle/1',
    proposal: id,
    target: 'web',
    environment: 'staging',
    driver: 'argv',
    intent: 'make it so',
    tool: { path: '/bin/true', digest: 'a'.repeat(64), version: '' },
    argv: ['sealed'],
    directory: opened.work,
    environmentVariables: { LANG: 'C' },
    secretVariables: [],
    facts: [{ name: 'argv.host', role: 'binding', value: 'here' }],
    checks: [CHECK],
    runner: { name: 'prod-runner', key: 'key', account: 'run' },
    evidence,
  });
  expect(manifest.sealedAtMs).toBeGreaterThanOrEqual(before);
  expect(state.bundleDigest).toBe(bundleDigest(parts.hash, manifest));
  expect(state.bundleDigest).toBe(parts.hash(canonicalJson(manifest)));
  expect(state.previewDigest).toBe(manifest.previewDigest);
  expect(JSON.parse(Buffer.from(await parts.blobs.get(state.previewDigest)).toString())).toEqual(PREVIEW);
  expect(manifest.blobs.map(({ name, sealing }) => [name, sealing])).toEqual([
    ['plain', 'clear'],
    ['plan', 'age'],
    ['input', 'age'],
  ]);
  const [plain, plan, input] = await Promise.all(manifest.blobs.map(({ digest }) => parts.blobs.get(digest)));
  expect(Buffer.from(plain ?? []).toString()).toBe('everybody');
  expect(manifest.blobs.map(({ sizeBytes }) => sizeBytes)).toEqual([plain, plan, input].map((b) => b?.byteLength));
  const open = async (identity: string, sealed: Uint8Array | undefined) =>
    Buffer.from(await openSealed(identity).open(sealed ?? new Uint8Array())).toString();
  expect(await open(runner.identity, plan)).toBe('for two');
  expect(await open(verifier.identity, plan)).toBe('for two');
  expect(await open(runner.identity, input)).toBe('for one');
  await expect(open(verifier.identity, input)).rejects.toMatchObject({ code: 'DECRYPTION_FAILED' });
  expect(state.secretBlobs).toEqual([manifest.blobs[1]?.digest, manifest.blobs[2]?.digest]);
  expect(plans).toHaveLength(1);
  expect(plans[0]).toMatchObject({ proposal: id, directory: opened.work, argv: ['make', 'it', 'so'] });
  expect(plans[0]?.scratch).toMatch(new RegExp(`^${opened.directory}/scratch/plan-${id}-`));
  expect(opened.scratch()).toEqual([]);
});

test('[PROPOSE-01] a retry by anybody in other words finds the same proposal, and nothing is planned or looked at twice', async () => {
  const { parts, request, plans, looks, rows, script, admissions } = await world();
  const observation = { id: 'file', answer: 'red' as const, observed: null, observedDigest: 'd'.repeat(64) };
  script.look = async (proposal) => {
    const observations = [{ ...observation, detail: 'not there', atMs: 1 }];
    const command = { kind: 'look' as const, observations, signed: { key: 'k', signature: 's' } };
    await parts.journal.ask(proposal, command, { kind: 'verifier', name: 'v', key: 'k' });
    return { kind: 'looked' };
  };
  const id = idOf(await proposeChange(parts, request()));
  for (const retry of [
    request(),
    request({ intent: 'I retry: make it so!', proposer: { kind: 'person', name: 'bob' } }),
    request({ inherited: { PATH: '/bin', LANG: 'C' } }),
  ]) {
    expect(await proposeChange(parts, retry)).toMatchObject({ kind: 'again', id, state: { kind: 'open' } });
  }
  expect(plans).toHaveLength(1);
  expect(looks).toEqual([id]);
  expect(admissions).toHaveLength(1);
  expect(await rows()).toEqual([[id, 'open']]);
});

test.each([
  ['target', { target: 'db' }],
  ['argv', { argv: ['make', 'it', 'not'] }],
  ['driver', { driver: 'sqlite' as const }],
  ['checks', { checks: [] }],
  ['variables', { variables: ['A=1'] }],
  ['secret variables', { secretVariables: ['SECRET'] }],
  ['input', { stdin: Buffer.from('x') }],
])('[PROPOSE-01] another %s is another draft', async (_what, more) => {
  const { parts, request, plans } = await world();
  const first = idOf(await proposeChange(parts, request()));
  const second = await proposeChange(parts, request(more));
  expect(idOf(second)).not.toBe(first);
  expect(second.kind).toBe('open');
  expect(plans).toHaveLength(2);
});

test('[PROPOSE-01] after it is over, the same change is a new proposal', async () => {
  const { parts, request, rows } = await world();
  const person = { kind: 'person', name: 'ann' } as const;
  const first = idOf(await proposeChange(parts, request()));
  await parts.journal.ask(first, { kind: 'withdraw', why: 'not now' }, person);
  const second = idOf(await proposeChange(parts, request()));
  expect(second).not.toBe(first);
  expect(await rows()).toEqual([
    [second, 'open'],
    [first, 'withdrawn'],
  ]);
});

test('[PROPOSE-01] one that nobody can approve any more is over: it is recorded as expired, and the change is proposed anew', async () => {
  const { parts, request, rows, script } = await world();
  script.admit = () => ({ kind: 'admitted', requirement: { ...REQUIREMENT, openForMs: 5_000 } });
  const first = idOf(await proposeChange(parts, request()));
  let late = 0;
  const clock = { ...parts.clock, nowMs: () => parts.clock.nowMs() + late };
  const journal = openJournal({ log: parts.log, projections: parts.projections, clock });
  const later = { ...parts, clock, journal };
  late = 3_000;
  expect(await proposeChange(later, request())).toMatchObject({ kind: 'again', id: first });
  late = 60_000;
  const second = await proposeChange(later, request());
  expect(second.kind).toBe('open');
  expect(await rows()).toEqual([
    [idOf(second), 'open'],
    [first, 'expired'],
  ]);
});

test('[PROPOSE-01, PROPOSE-10] twelve processes at once make one proposal of one draft', async () => {
  const { parts, request, rows, script } = await world();
  script.plan = async () => {
    await parts.clock.wait(20);
    return planned();
  };
  // Each with a random source of its own and no knowledge of the others but the record.
  const answers = await Promise.all(Array.from({ length: 12 }, () => proposeChange(parts, request())));
  const live = (await rows()).filter(([, state]) => state !== 'superseded');
  expect(live).toHaveLength(1);
  expect(live[0]?.[1]).toBe('open');
  expect(new Set(answers.map(idOf))).toEqual(new Set([live[0]?.[0]]));
  expect(answers.filter(({ kind }) => kind === 'open').length).toBe(1);
});

test('[PROPOSE-02] an edited source takes the place of the same person’s open proposal', async () => {
  const { parts, request, script, state } = await world();
  const first = idOf(await proposeChange(parts, request()));
  script.source = 'second source';
  const answer = await proposeChange(parts, request());
  const second = idOf(answer);
  expect(answer).toMatchObject({ kind: 'open', superseded: [first] });
  expect(await state(first)).toMatchObject({ kind: 'superseded', by: second });
  script.source = 'first source';
  expect(await proposeChange(parts, request())).toMatchObject({ kind: 'open', superseded: [second] });
});

test('[PROPOSE-02] a retry of the older one never ends the newer', async () => {
  const { parts, request, script, state, rows } = await world();
  const older = idOf(await proposeChange(parts, request()));
  await parts.clock.wait(5);
  script.source = 'second source';
  script.admit = () => {
    throw new Failure('STORE_WRITE_FAILED', 'the power failed', { hint: '' });
  };
  await expect(proposeChange(parts, request())).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
  const newer = (await rows()).find(([, kind]) => kind === 'proposed')?.[0] ?? '';
  script.source = 'first source';
  expect(await proposeChange(parts, request())).toMatchObject({ kind: 'again', id: older });
  expect((await state(newer)).kind).toBe('proposed');
});

test('[PROPOSE-01, L5] while it runs, waits for its verdict or is in doubt, a retry means that one', async () => {
  const { parts, request, script, plans } = await world();
  script.resolved = { environment: 'sandbox' };
  script.admit = () => ({ kind: 'admitted', requirement: { ...REQUIREMENT, approvals: 0, grant: 'g' } });
  const asked = request({ checks: [] });
  const id = idOf(await proposeChange(parts, asked));
  const runner = { kind: 'runner', name: 'prod-runner', key: 'key' } as const;
  const signed = { key: 'key', signature: 's' };
  const claim = { runner: 'prod-runner', claim: 'c', account: 'run' };
  const outcome = { kind: 'indeterminate', resources: [], end: { kind: 'lost' }, because: [], evidence: [] } as const;
  const verified = { observations: [], verdict: judge([], [], []), signed };
  const steps: readonly (readonly [Command, Principal, string])[] = [
    [{ kind: 'claim', claim, accountsOf: {} }, runner, 'executing'],
    [{ kind: 'start', start: { nonces: [], signed } }, runner, 'executing'],
    [{ kind: 'finish', finish: { outcome, signed } }, runner, 'executed'],
    [{ kind: 'verify', verified }, { kind: 'verifier', name: 'v', key: 'k' }, 'held'],
  ];
  for (const [command, actor, kind] of steps) {
    expect((await parts.journal.ask(id, command, actor)).kind).toBe('decided');
    expect(await proposeChange(parts, asked)).toMatchObject({ kind: 'again', id, state: { kind } });
  }
  expect(plans).toHaveLength(1);
  await parts.journal.ask(id, { kind: 'reconcile', note: 'looked' }, { kind: 'person', name: 'ann' });
  expect(idOf(await proposeChange(parts, asked))).not.toBe(id);
});

test('[PROPOSE-02, L1] nobody ends what somebody else proposed, or what people have approved', async () => {
  const { parts, request, script, state } = await world();
  const bobs = idOf(await proposeChange(parts, request({ proposer: { kind: 'person', name: 'bob' } })));
  script.source = 'second source';
  script.admit = () => ({ kind: 'admitted', requirement: { ...REQUIREMENT, approvals: 0, grant: 'sandbox-1' } });
  script.resolved = { environment: 'sandbox' };
  const granted = await proposeChange(parts, request());
  expect(granted).toMatchObject({ kind: 'approved', superseded: [] });
  script.source = 'third source';
  expect(await proposeChange(parts, request())).toMatchObject({ kind: 'approved', superseded: [] });
  expect((await state(bobs)).kind).toBe('open');
  expect((await state(idOf(granted))).kind).toBe('approved');
});

test('[PROPOSE-03, L13] what the tool can’t plan is recorded with its reason, and the scratch is gone', async () => {
  const { parts, request, script, state, scratch, looks } = await world();
  script.plan = async () => ({ kind: 'unplannable', why: 'main.tf:3:1: no', next: 'correct it', text: 'Error: no' });
  const answer = await proposeChange(parts, request());
  expect(answer).toEqual({
    kind: 'unplannable',
    id: idOf(answer),
    why: 'main.tf:3:1: no',
    next: 'correct it',
    text: 'Error: no',
  });
  expect(await state(idOf(answer))).toMatchObject({ kind: 'unplannable', why: 'main.tf:3:1: no' });
  expect(scratch()).toEqual([]);
  expect(looks).toEqual([]);
});

test('[PROPOSE-03] a failure of the driver is unplannable, one of the store leaves the draft for a retry, and a bug is a bug', async () => {
  const { parts, request, script, state, scratch, rows } = await world();
  const failing = (code: 'TOOL_MISSING' | 'STORE_WRITE_FAILED' | 'CONTENTION' | 'INTERRUPTED') => async () => {
    throw new Failure(code, 'it went wrong', { hint: 'try this' });
  };
  script.plan = failing('TOOL_MISSING');
  expect(await proposeChange(parts, request())).toMatchObject({
    kind: 'unplannable',
    why: 'it went wrong',
    next: 'try this',
    text: '',
  });
  for (const code of ['STORE_WRITE_FAILED', 'CONTENTION', 'INTERRUPTED'] as const) {
    script.plan = failing(code);
    await expect(proposeChange(parts, request({ argv: [code] }))).rejects.toMatchObject({ code });
  }
  script.plan = async () => {
    throw new TypeError('a bug');
  };
  await expect(proposeChange(parts, request({ argv: ['bug'] }))).rejects.toThrow('a bug');
  expect(scratch()).toEqual([]);
  const drafts = (await rows()).filter(([, kind]) => kind === 'drafted');
  expect(drafts).toHaveLength(4);
  script.plan = async () => planned();
  const retried = await proposeChange(parts, request({ argv: ['bug'] }));
  expect(drafts.map(([id]) => id)).toContain(idOf(retried));
  expect((await state(idOf(retried))).kind).toBe('open');
});

test('[PROPOSE-05, L15] a target that the facts are not of is refused, whatever the proposer called it', async () => {
  const { parts, request, script, rows, plans } = await world();
  script.resolved = { kind: 'refused' };
  expect(await proposeChange(parts, request())).toMatchObject({
    kind: 'refused',
    code: 'POLICY',
    where: 'trust.yaml:3:5',
    why: 'its facts are those of the target db',
  });
  expect((await rows()).map(([, kind]) => kind)).toEqual(['unplannable']);
  expect(plans).toHaveLength(1);
});

test('[PROPOSE-05, PROPOSE-08] mandated checks are sealed as they are, and a proposal’s own can’t pass for one', async () => {
  const opened = await world();
  const { parts, request, script } = opened;
  const mandated = { ...CHECK, id: 'health', origin: 'mandated' as const, claim: 'the operator’s' };
  script.resolved = { mandatedChecks: [mandated] };
  script.plan = async () => planned({ checks: [{ ...CHECK, id: 'health', origin: 'mandated' }] });
  const checks = [
    { ...CHECK, id: 'health', origin: 'mandated' as const },
    { ...CHECK, id: 'other', origin: 'driver' as const },
  ];
  const id = idOf(await proposeChange(parts, request({ checks })));
  const sealed = await manifestOf(opened, id);
  expect(sealed.checks.map(({ id: check, origin, claim }) => [check, origin, claim])).toEqual([
    ['health', 'mandated', 'the operator’s'],
    ['health-2', 'driver', 'it is there'],
    ['health-3', 'proposal', 'it is there'],
    ['other', 'proposal', 'it is there'],
  ]);
  expect(sealed.checks[0]).toEqual(mandated);
  expect(opened.admissions[0]?.checks).toEqual(sealed.checks);
});

test('[PROPOSE-12] what the policy refuses is recorded with its rules, and nobody looks at its checks', async () => {
  const opened = await world();
  const { parts, request, script, state, looks, admissions } = opened;
  const because = [{ rule: 'no-deletes', where: 'trust.yaml:9:3', demand: 'nothing is deleted here' }];
  script.admit = () => ({ kind: 'refused', because });
  const answer = await proposeChange(parts, request());
  expect(answer).toMatchObject({ kind: 'forbidden', because, state: { kind: 'refused' } });
  expect((await state(idOf(answer))).kind).toBe('refused');
  expect(looks).toEqual([]);
  expect(admissions).toMatchObject([
    {
      target: 'web',
      environment: 'staging',
      driver: 'argv',
      preview: PREVIEW,
      argv: ['sealed'],
      facts: [{ name: 'argv.host', role: 'binding', value: 'here' }],
      proposer: { kind: 'agent', name: 'claude' },
    },
  ]);
  expect(Math.abs((admissions[0]?.atMs ?? 0) - Date.now())).toBeLessThan(60_000);
});

test('[PROPOSE-12, L1] a grant that the kernel does not accept opens nothing', async () => {
  const { parts, request, script, state, rows } = await world();
  script.admit = () => ({ kind: 'admitted', requirement: { ...REQUIREMENT, approvals: 0, grant: 'g' } });
  expect(await proposeChange(parts, request())).toMatchObject({ kind: 'refused', code: 'POLICY' });
  const [row] = await rows();
  expect(row?.[1]).toBe('proposed');
  expect((await state(row?.[0] ?? '')).kind).toBe('proposed');
});

test('[PROPOSE-09] a proposal without a look stays open and says so; a retry looks again', async () => {
  const { parts, request, script, looks } = await world();
  script.look = async () => ({ kind: 'unavailable', why: 'no key', next: 'start one' });
  const first = await proposeChange(parts, request());
  expect(first).toMatchObject({ kind: 'open', look: { kind: 'unavailable', why: 'no key', next: 'start one' } });
  script.look = async () => {
    throw new Failure('VERIFIER_UNAVAILABLE', 'it died', { hint: 'start it' });
  };
  const second = await proposeChange(parts, request({ argv: ['other'] }));
  expect(second).toMatchObject({ kind: 'open', look: { kind: 'unavailable', why: 'it died', next: 'start it' } });
  script.look = async () => {
    throw new TypeError('a bug');
  };
  await expect(proposeChange(parts, request({ argv: ['third'] }))).rejects.toThrow('a bug');
  const before = looks.length;
  script.look = async () => ({ kind: 'looked' });
  await proposeChange(parts, request());
  expect(looks.slice(before)).toEqual([idOf(first)]);
});

test('[PROPOSE-09] where there is nothing to ask, nobody is asked', async () => {
  const { parts, request, looks } = await world();
  expect(await proposeChange(parts, request({ checks: [] }))).toMatchObject({
    kind: 'open',
    look: { kind: 'nothing-to-ask' },
  });
  expect(looks).toEqual([]);
});

test('[PROPOSE-07, L11] a secret variable is sealed to the runner, and its value stands nowhere else', async () => {
  const opened = await world();
  const { parts, request, runner, verifier, plans, script } = opened;
  // A driver plans with the value, and may name it among its own.
  const environmentVariables = { LANG: 'C', SECRET: 'hunter2-hunter2' };
  script.plan = async () => planned({ environmentVariables });
  const id = idOf(await proposeChange(parts, request({ secretVariables: ['SECRET'] })));
  const manifest = await manifestOf(opened, id);
  expect(manifest.environmentVariables).toEqual({ LANG: 'C' });
  expect(manifest.secretVariables).toEqual(['SECRET']);
  expect(plans[0]?.environment['SECRET']).toBe('hunter2-hunter2');
  expect(plans[0]?.secretVariables).toEqual(['SECRET']);
  const blob = manifest.blobs.find(({ name }) => name === 'environment');
  expect(blob?.sealing).toBe('age');
  const sealed = await parts.blobs.get(blob?.digest ?? '');
  expect(JSON.parse(Buffer.from(await openSealed(runner.identity).open(sealed)).toString())).toEqual({
    SECRET: 'hunter2-hunter2',
  });
  await expect(openSealed(verifier.identity).open(sealed)).rejects.toMatchObject({ code: 'DECRYPTION_FAILED' });
  const events = await parts.log.read({ afterSeq: 0, limit: 1_000 });
  expect(JSON.stringify([events, manifest])).not.toContain('hunter2');
});

test.each([
  ['the arguments', { argv: ['curl', '-u', 'me:hunter2-hunter2'] }],
  ['the intent', { intent: 'log in with hunter2-hunter2' }],
  ['the checks', { checks: [{ ...CHECK, question: { path: '/hunter2-hunter2', expect: { exists: true } } }] }],
  ['another variable', { variables: ['URL=http://hunter2-hunter2@x'] }],
])('[PROPOSE-07, L11] a secret that stands in %s is refused before anything is recorded', async (where, more) => {
  const { parts, request, rows } = await world();
  const answer = await proposeChange(parts, request({ ...more, secretVariables: ['SECRET'] }));
  expect(answer).toMatchObject({ kind: 'refused', code: 'POLICY', where, next: expect.stringContaining('SECRET') });
  expect(JSON.stringify(answer)).not.toContain('hunter2');
  expect(await rows()).toEqual([]);
});

test('[PROPOSE-07, L11] a secret is found in a check as JSON writes it', async () => {
  const { parts, request } = await world();
  const question = { path: '/x', expect: { contains: 'a "quoted" secret' } };
  const inherited = { SECRET: 'a "quoted" secret' };
  const more = { checks: [{ ...CHECK, question }], inherited, secretVariables: ['SECRET'] };
  expect(await proposeChange(parts, request(more))).toMatchObject({ kind: 'refused', where: 'the checks' });
});

test.each([
  ['preview', { preview: { ...PREVIEW, text: 'password = "hunter2-hunter2"' } }],
  ['variables', { environmentVariables: { URL: 'hunter2-hunter2' } }],
  ['facts', { facts: [{ name: 'x', role: 'version' as const, value: ['hunter2-hunter2'] }] }],
  ['arguments', { argv: ['hunter2-hunter2'] }],
  ['blob', { blobs: [{ name: 'x', content: Buffer.from('a hunter2-hunter2 b'), readers: 'everybody' as const }] }],
])(
  '[PROPOSE-07, L11] a plan whose %s shows a secret is unplannable, and nothing of it is stored',
  async (_where, more) => {
    const { parts, request, script } = await world();
    script.plan = async () => planned(more);
    const answer = await proposeChange(parts, request({ secretVariables: ['SECRET'] }));
    expect(answer).toMatchObject({
      kind: 'unplannable',
      why: 'the plan shows the value of the secret variable SECRET',
    });
    expect(await parts.blobs.has(parts.hash(canonicalJson(PREVIEW)))).toBe(false);
    script.plan = async () =>
      planned({ blobs: [{ name: 'x', content: Buffer.from('hunter2-hunter2'), readers: 'runner' }] });
    const hidden = await proposeChange(parts, request({ secretVariables: ['SECRET'], argv: ['other'] }));
    expect(hidden.kind).toBe('open');
  },
);

test('[PROPOSE-11, L12] hostile intents are made visible and bounded; hostile arguments and targets are refused', async () => {
  const { parts, request, state, rows } = await world();
  const id = idOf(await proposeChange(parts, request({ intent: ' \u202Eevil\u0000\uD800\u001b[2J \n line ' })));
  expect(await state(id)).toMatchObject({ intent: '⟨U+202E⟩evil⟨U+0000⟩⟨U+D800⟩⟨U+001B⟩[2J \n line' });
  const refused = async (more: Parameters<typeof request>[0]) =>
    await proposeChange(parts, request(more)).catch((thrown: unknown) => thrown);
  expect(await refused({ intent: ' \n' })).toMatchObject({ code: 'USAGE', message: 'the intent is empty' });
  expect(await refused({ intent: 'x'.repeat(4_001) })).toMatchObject({ code: 'USAGE' });
  expect(await refused({ argv: ['a', 'b\0c'] })).toMatchObject({ message: "argument 2 can't be given to any program" });
  expect(await refused({ argv: ['\uDC00'] })).toMatchObject({ code: 'USAGE' });
  expect(await refused({ argv: ['x'.repeat(128 * 1024 + 1)] })).toMatchObject({ code: 'USAGE' });
  expect(await refused({ target: '\u001b[2J' })).toMatchObject({
    code: 'USAGE',
    message: '"⟨U+001B⟩[2J" is not the name of a target',
  });
  expect(await refused({ target: '' })).toMatchObject({ code: 'USAGE' });
  expect(await refused({ directory: '/etc/passwd' })).toMatchObject({
    code: 'NOT_FOUND',
    message: '/etc/passwd is not a directory',
  });
  expect(await refused({ directory: 'relative' })).toMatchObject({ code: 'NOT_FOUND' });
  expect(await refused({ directory: '/nowhere/\u202E' })).toMatchObject({
    message: '/nowhere/⟨U+202E⟩ is not a directory',
  });
  expect(await rows()).toHaveLength(1);
  const argv = ['\u202E', '', "'; rm -rf /", '\n', '--', 'x'.repeat(1_000)];
  expect((await proposeChange(parts, request({ argv, intent: 'y'.repeat(4_000) }))).kind).toBe('open');
});

test('[PROPOSE-10] a draft that another living process plans is left to it; one whose planner died is gone on with', async () => {
  const { parts, request, script, plans } = await world();
  const steps: ProposeAnswer[] = [];
  script.plan = async () => {
    // While it is being planned, a retry and a resumption from elsewhere find it and touch nothing.
    if (plans.length === 1) {
      steps.push(await proposeChange(parts, request()));
      steps.push(await resumeDraft(parts, steps[0] === undefined ? '' : idOf(steps[0])));
    }
    return planned();
  };
  const answer = await proposeChange(parts, request());
  expect(steps).toMatchObject([
    { kind: 'again', id: idOf(answer), state: { kind: 'drafted' } },
    { kind: 'again', id: idOf(answer), state: { kind: 'drafted' } },
  ]);
  expect(plans).toHaveLength(1);
  const dead: ProposeParts = { ...parts, planner: { mark: 'nobody', isAlive: async () => false } };
  const died = request({ argv: ['dies'] });
  script.plan = async () => {
    throw new Failure('INTERRUPTED', 'killed', { hint: '' });
  };
  await expect(proposeChange(dead, died)).rejects.toMatchObject({ code: 'INTERRUPTED' });
  script.plan = async () => planned();
  expect((await proposeChange(parts, died)).kind).toBe('open');
});

test('[PROPOSE-10] a sealed proposal goes on to the policy, a mere draft becomes unplannable, an open one is left alone', async () => {
  const { parts, request, script, state, rows, looks } = await world();
  script.admit = () => {
    throw new Failure('STORE_WRITE_FAILED', 'the power failed', { hint: '' });
  };
  await expect(proposeChange(parts, request())).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
  const [[sealed = ''] = []] = await rows();
  expect((await state(sealed)).kind).toBe('proposed');
  script.admit = () => ({ kind: 'admitted', requirement: REQUIREMENT });
  expect(await resumeDraft(parts, sealed)).toMatchObject({ kind: 'open', id: sealed, look: { kind: 'looked' } });
  expect(looks).toEqual([sealed]);
  expect(await resumeDraft(parts, sealed)).toMatchObject({ kind: 'again', state: { kind: 'open' } });

  script.plan = async () => {
    throw new Failure('INTERRUPTED', 'killed', { hint: '' });
  };
  await expect(proposeChange(parts, request({ argv: ['b'] }))).rejects.toMatchObject({ code: 'INTERRUPTED' });
  const draft = (await rows()).find(([, kind]) => kind === 'drafted')?.[0] ?? '';
  expect(await resumeDraft(parts, draft)).toEqual({
    kind: 'unplannable',
    id: draft,
    why: 'its planning was cut short',
    next: 'propose the change again: nothing was changed',
    text: '',
  });
  expect((await state(draft)).kind).toBe('unplannable');
  expect(await resumeDraft(parts, 'p-zzzzzzzzzz')).toMatchObject({ kind: 'again', state: { kind: 'absent' } });
});

test('[PROPOSE-10] a retry of a sealed proposal admits that one and plans nothing', async () => {
  const { parts, request, script, plans } = await world();
  script.admit = () => {
    throw new Failure('STORE_WRITE_FAILED', 'the power failed', { hint: '' });
  };
  await expect(proposeChange(parts, request())).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
  script.admit = () => ({ kind: 'admitted', requirement: REQUIREMENT });
  expect((await proposeChange(parts, request())).kind).toBe('open');
  expect(plans).toHaveLength(1);
});

test('[PROPOSE-10] a draft that was withdrawn while it was planned stays withdrawn', async () => {
  const { parts, request, script, rows, state } = await world();
  script.plan = async () => {
    const [[id = ''] = []] = await rows();
    await parts.journal.ask(id, { kind: 'withdraw', why: 'no' }, { kind: 'person', name: 'ann' });
    return planned();
  };
  const answer = await proposeChange(parts, request());
  expect(answer).toMatchObject({ kind: 'again', state: { kind: 'withdrawn' } });
  expect((await state(idOf(answer))).kind).toBe('withdrawn');
});

test('[APPROVE-32, L3] what a proposal recovers is sealed with it, and nothing is where it recovers nothing', async () => {
  const opened = await world();
  const { request } = opened;
  const parts = standingIn(opened.parts, HELD.state);
  const other = idOf(await proposeChange(parts, request({ target: 'shop' })));
  const recovery = idOf(await proposeChange(parts, request({ target: 'shop', recovers: 'p-1' })));
  expect(recovery).not.toBe(other);
  expect((await manifestOf(opened, recovery)).recovers).toBe('p-1');
  expect(await opened.state(recovery)).toMatchObject({ recovers: 'p-1' });
  expect(Object.keys(await manifestOf(opened, other))).not.toContain('recovers');
});

test('[APPROVE-32, L13] a recovery of what holds nothing here is refused, and nothing is drafted', async () => {
  const { parts, request, rows } = await world();
  const answers = async (state: ProposalState, target = 'shop') =>
    await proposeChange(standingIn(parts, state), request({ target, recovers: 'p-1' }));
  const refusal = { kind: 'refused', what: 'this proposal', where: '--recovers' };
  expect(await proposeChange(parts, request({ recovers: 'p-nowhere' }))).toStrictEqual({
    ...refusal,
    code: 'WRONG_DOCUMENT',
    why: 'there is no proposal p-nowhere',
    next: 'countersign list --state held shows what is held',
  });
  expect(await answers(HELD.state, 'web')).toStrictEqual({
    ...refusal,
    code: 'WRONG_DOCUMENT',
    why: 'p-1 changed shop, and this one changes web',
    next: 'propose the recovery for that target, or leave `--recovers` out',
  });
  expect(await answers(live('verify').state)).toStrictEqual({
    ...refusal,
    code: 'NOT_LEGAL_NOW',
    why: 'p-1 is executed and holds nothing that could be recovered',
    next: 'countersign verify p-1, then propose it again',
  });
  expect(await answers(live('end').state)).toMatchObject({
    code: 'NOT_LEGAL_NOW',
    why: 'p-1 is closed and holds nothing that could be recovered',
    next: 'countersign show p-1; leave `--recovers` out',
  });
  expect(await rows()).toEqual([]);
  // A runner that does not believe the release holds the target by it.
  const released = tell(HELD, { kind: 'reconcile', note: 'looked' }, ANN);
  expect(await answers(released.state)).toMatchObject({ kind: 'open' });
  // So does what freed it by words that were disowned.
  const disownedReleases = async (target: string) => (target === 'shop' ? ['p-1'] : []);
  const disowned = { ...standingIn(parts, live('end').state), disownedReleases };
  const change = { target: 'shop', recovers: 'p-1', argv: ['mend'] };
  expect(await proposeChange(disowned, request(change))).toMatchObject({ kind: 'open' });
  const elsewhere = { ...disowned, disownedReleases: async () => ['p-2'] };
  const other = request({ ...change, argv: ['mend', 'more'] });
  expect(await proposeChange(elsewhere, other)).toMatchObject({ code: 'NOT_LEGAL_NOW' });
});

test('[KERNEL-28, L13] a recovery of another place under the same name is refused, and nothing is sealed', async () => {
  const opened = await world();
  const { request, script } = opened;
  const place = { kind: 'terraform', backend: 'http', address: 'https://state.example/a' };
  const fact = { name: 'place', role: 'binding', value: place } as const;
  const digest = placeOf(opened.parts.hash, [fact]);
  // As it would have been sealed there.
  const parts = standingIn(opened.parts, { ...HELD.state, place: digest } as ProposalState);
  const asked = { target: 'shop', recovers: 'p-1' };
  const elsewhere = { ...fact, value: { ...place, address: 'https://state.example/b' } };
  script.plan = async () => planned({ facts: [elsewhere] });
  expect(await proposeChange(parts, request(asked))).toMatchObject({
    kind: 'refused',
    code: 'WRONG_DOCUMENT',
    where: '--recovers',
    why: 'p-1 changed another place than this one, though both are called shop',
    next: 'propose the recovery in the place that it changed, or leave `--recovers` out',
  });
  script.plan = async () => planned({ facts: [fact] });
  expect(await proposeChange(parts, request({ ...asked, argv: ['mend'] }))).toMatchObject({ kind: 'open' });
  expect(await proposeChange(parts, request({ ...asked, target: 'web', argv: ['mend'] }))).toMatchObject({
    kind: 'open',
  });
  script.plan = async () => planned({});
  expect(await proposeChange(parts, request({ ...asked, argv: ['other'] }))).toMatchObject({ kind: 'open' });
  expect(await proposeChange(parts, request({ ...asked, target: 'web', argv: ['other'] }))).toMatchObject({
    why: 'p-1 changed shop, and this one changes web',
  });
});

test('[KERNEL-27, L13] a policy that mandates two checks of one name leaves nothing sealed, and says why', async () => {
  const opened = await world();
  const { parts, request, script } = opened;
  const twin = { ...CHECK, id: 'twin', origin: 'mandated' } as const;
  script.resolved = { mandatedChecks: [twin, { ...twin, claim: 'something else' }] };
  const answer = await proposeChange(parts, request());
  expect(answer).toMatchObject({
    kind: 'unplannable',
    why: 'two of its checks are called "twin", and one answer would judge them both',
    next: 'propose the change again, with a name for each check',
  });
  expect((await opened.state(idOf(answer))).kind).toBe('unplannable');
});
