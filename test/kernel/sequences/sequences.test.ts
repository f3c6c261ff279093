import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type CheckAnswer,
  type EventBody,
  type EventType,
  FREE_TARGET,
  LEGAL_IN,
  type OutcomeKind,
  type Person,
  type RefusalCode,
} from '../../../src/kernel/index.ts';
import {
  AGENT,
  ANN,
  approval,
  BEN,
  CHECK,
  CLEO,
  CONTROL,
  commandsOf,
  live,
  NOW,
  observation,
  RUNNER,
  statement,
} from '../examples.ts';
import { moves, PLACE, play, SIGNING, settings } from './moves.ts';
import { brokenLaws } from './oracle.ts';
import { type Entry, ToldWorld } from './told-world.ts';

test('[KERNEL-03, KERNEL-04, KERNEL-05, KERNEL-22, KERNEL-24, KERNEL-25, KERNEL-26, L1, L2, L4, L5, L7] no sequence of commands breaks a law', () => {
  fc.assert(
    fc.property(settings, moves, (setting, game) => {
      expect(brokenLaws(play(setting, game).log)).toEqual([]);
    }),
    { numRuns: 700 },
  );
});

test('[KERNEL-05, KERNEL-19] what was executed has a verdict, or keeps its target busy; what is held keeps it held', () => {
  fc.assert(
    fc.property(settings, moves, (setting, game) => {
      const world = play(setting, game);
      for (const proposal of new Set(world.log.map((entry) => entry.proposal))) {
        const own = world.log.filter((entry) => entry.proposal === proposal);
        const types = own.map((entry) => entry.body.type);
        const { busy, held } = world.lock(proposal, own[0]?.target ?? '');
        const isUnderWay = Math.max(types.lastIndexOf('claimed'), types.lastIndexOf('executed')) > lastEnd(types);
        expect(busy === proposal).toBe(isUnderWay);
        if (types.includes('executed') && !types.includes('verified')) expect(busy).toBe(proposal);
        expect(held.includes(proposal)).toBe(types.includes('held') && !types.includes('reconciled'));
      }
    }),
    { numRuns: 200 },
  );
});

function lastEnd(types: readonly EventType[]): number {
  return Math.max(...(['released', 'stale', 'held', 'closed'] as const).map((end) => types.lastIndexOf(end)));
}

/** Typed as a record so that a new event has to be added here. */
const EVENT_TYPES: Readonly<Record<Exclude<EventType, 'evidence-recorded'>, true>> = {
  drafted: true,
  unplannable: true,
  sealed: true,
  admitted: true,
  refused: true,
  observed: true,
  commented: true,
  'approval-given': true,
  approved: true,
  'glass-broken': true,
  'glass-reviewed': true,
  rejected: true,
  withdrawn: true,
  superseded: true,
  expired: true,
  claimed: true,
  released: true,
  stale: true,
  started: true,
  output: true,
  executed: true,
  verified: true,
  held: true,
  closed: true,
  reconciled: true,
  'secrets-destroyed': true,
};

/** Refusals that the kernel itself gives. */
const CODES: readonly RefusalCode[] = [
  'NOT_LEGAL_NOW',
  'NOT_YOURS_TO_DO',
  'WRONG_DOCUMENT',
  'FOUR_EYES',
  'ALREADY_DECIDED',
  'NONCE_USED',
  'NOT_ELIGIBLE',
  'EXPIRED',
  'QUORUM',
  'POLICY',
  'TARGET_BUSY',
  'TARGET_HELD',
  'NO_BASELINE',
  'WRONG_RUNNER',
  'OWN_WORK',
];

test('[KERNEL-06, L9] the games above visit every state, every event, every way to close, and every refusal', () => {
  const visited = new Set<string>();
  const happened = new Set<string>();
  const marks = new Set<string>();
  const codes = new Set<string>();
  let recoveries = 0;
  let starts = 0;
  const games = fc.sample(fc.tuple(settings, moves), { numRuns: 600, seed: 20_261_122 });
  for (const [setting, game] of games) {
    const world = play(setting, game);
    for (const kind of world.visited) visited.add(kind);
    for (const { refusal } of world.refusals) codes.add(refusal.code);
    for (const { body } of world.log) {
      happened.add(body.type);
      if (body.type === 'closed') marks.add(body.mark);
      if (body.type === 'started') starts += 1;
    }
    recoveries += countRecoveries(world.log);
  }
  expect([...visited].sort()).toEqual(['absent', ...LEGAL_IN.comment].sort());
  expect([...happened].sort()).toEqual(Object.keys(EVENT_TYPES).sort());
  expect([...marks].sort()).toEqual(
    ['after-uncertain-execution', 'arrived-by-other-means', 'as-approved', 'no-effect', 'reconciled'].sort(),
  );
  expect([...codes].sort()).toEqual([...CODES].sort());
  expect(starts).toBeGreaterThan(700);
  expect(recoveries).toBeGreaterThan(0);
});

/** What a refusal or an event says of people's words; nothing of most. */
function wordOf({ refusals, log }: ToldWorld): readonly string[] {
  const parts = {
    'its release does not hold': 'doubted',
    'it is not signed': 'unsigned where asked',
    'the signature covers madeOn': 'of another hold',
    'is no recovery of it': 'through no recovery',
    'put nothing right yet': 'through a recovery too early',
    'would judge them both': 'two checks of one name',
  };
  const refused = refusals.flatMap(({ refusal: { why } }) =>
    Object.entries(parts).flatMap(([part, word]) => (why.includes(part) ? [word] : [])),
  );
  const said = log.flatMap(({ body }) => {
    if (body.type === 'started') return body.reconciled === undefined ? [] : ['believed'];
    if (body.type !== 'reconciled' && body.type !== 'glass-reviewed') return [];
    return [`${body.type} ${body.statement === undefined ? 'unsigned' : 'signed'}`];
  });
  return [...refused, ...said];
}

test('[KERNEL-24, KERNEL-25, L9] the games above sign and do not sign, and meet what is doubted, believed and asked for', () => {
  const games = fc.sample(fc.tuple(settings, moves), { numRuns: 1_500, seed: 20_261_123 });
  const words = games.flatMap(([setting, game]) => wordOf(play(setting, game)));
  const counts = [...new Set(words)].map((word) => [word, words.filter((one) => one === word).length] as const);
  expect(counts.map(([word]) => word).sort()).toEqual([
    'believed',
    'doubted',
    'glass-reviewed signed',
    'glass-reviewed unsigned',
    'of another hold',
    'reconciled signed',
    'reconciled unsigned',
    'through a recovery too early',
    'through no recovery',
    'two checks of one name',
    'unsigned where asked',
  ]);
  for (const [word, count] of counts) expect(count, word).toBeGreaterThan(1);
});

test('[L9, KERNEL-24, KERNEL-25] the oracle of these tests finds words that nobody signed or believed, and words on another hold', () => {
  const world = new ToldWorld();
  const held = commandsOf({ after: [observation('red')], requirement: { signedReconcile: SIGNING } });
  for (const [command, actor] of held) world.ask('p-1', 'shop', command, actor, NOW);
  const told = { state: world.state('p-1'), target: world.target('shop') };
  const signed = statement(told, ANN, { decision: 'reconcile' });
  world.ask('p-1', 'shop', { kind: 'reconcile', note: 'looked', statement: signed }, ANN, NOW);
  expect(brokenLaws(world.log)).toEqual([]);
  expect(world.log.at(-1)?.body).toEqual({ type: 'closed', mark: 'reconciled' });
  const word = (over: object) => having('reconciled', (body) => ({ ...body, ...over }) as EventBody)(world.log);
  const document = (over: object) => word({ statement: { ...signed, document: { ...signed.document, ...over } } });
  expect(brokenLaws(word({ statement: undefined }))).toEqual(['p-1: reconciled without a signature']);
  expect(brokenLaws(document({ proposal: 'p-2' }))).toEqual(['p-1: the word on another']);
  expect(brokenLaws(document({ approver: 'ben' }))).toEqual(['p-1: the word of another']);
  expect(brokenLaws(document({ madeOn: 'c-0' }))).toEqual(['p-1: a word on another hold or glass']);
  expect(brokenLaws(document({ verdicts: 0 }))).toEqual(['p-1: a word on other verdicts']);
  const named = word({ through: 'p-2' });
  expect(brokenLaws(named)).toEqual(expect.arrayContaining(['p-1: released through what does not recover it']));
  expect(brokenLaws(named)).toHaveLength(4);
  const next = lawful().map((entry): Entry => ({ ...entry, proposal: 'p-2' }));
  const approved = forAnother(next);
  expect(brokenLaws([...world.log, ...approved])).toEqual(['p-2: claimed what p-1 left in doubt']);
  const believed = approved.map((entry): Entry => ({ ...entry, releases: [{ proposal: 'p-1' }] }));
  expect(brokenLaws([...world.log, ...believed])).toEqual([]);
});

/** Starts on a target that another proposal held at that moment. */
function countRecoveries(log: readonly Entry[]): number {
  return log.filter(({ body, target }, index) => {
    const before = log.slice(0, index).filter((entry) => entry.target === target);
    const held = before.filter((entry) => entry.body.type === 'held').map((entry) => entry.proposal);
    const free = before.filter((entry) => entry.body.type === 'reconciled').map((entry) => entry.proposal);
    return body.type === 'started' && held.some((proposal) => !free.includes(proposal));
  }).length;
}

const people: readonly Person[] = [ANN, BEN, CLEO];

/** The claims at the place, each with its target's name; throws where two proposals have it at once. */
function claimsAtPlace(log: readonly Entry[]): readonly string[] {
  const claims: string[] = [];
  let busy: string | undefined;
  for (const { proposal, target, body } of log.filter((entry) => entry.target !== 'ledger')) {
    if (body.type === 'claimed') {
      expect(busy).toBe(undefined);
      busy = proposal;
      claims.push(target);
    }
    if (lastEnd([body.type]) === 0 && busy === proposal) busy = undefined;
  }
  return claims;
}

test('[KERNEL-28, L5] of two names for one place never both execute at once, and each stops the other', () => {
  const games = fc.sample(fc.tuple(settings, moves), { numRuns: 1_000, seed: 20_261_124 });
  let crossings = 0;
  let stopped = 0;
  for (const [setting, game] of games) {
    const { log, refusals } = play(setting, game);
    const claims = claimsAtPlace(log);
    crossings += claims.filter((target, index) => index > 0 && claims[index - 1] !== target).length;
    stopped += refusals.filter(({ refusal: { code } }) => code === 'TARGET_BUSY' || code === 'TARGET_HELD').length;
  }
  expect(crossings).toBeGreaterThan(100);
  expect(stopped).toBeGreaterThan(100);
});

test('[L9, KERNEL-28] the oracle of these tests finds a claim of a place that is busy or held under another name', () => {
  const placed = (log: readonly Entry[]): readonly Entry[] =>
    having('sealed', (body) => ({ ...body, place: PLACE }) as EventBody)(log);
  const elsewhere = (log: readonly Entry[]): readonly Entry[] =>
    forAnother(log.map((entry) => ({ ...entry, proposal: 'p-2', target: 'till' }))).map((entry) => {
      if (entry.body.type === 'drafted') return { ...entry, body: { ...entry.body, target: 'till' } };
      if (entry.body.type !== 'approval-given') return entry;
      const { approval: signed } = entry.body;
      const document = { ...signed.document, target: 'till' };
      return { ...entry, body: { type: 'approval-given', approval: { ...signed, document } } };
    });
  const first = placed(lawful());
  expect(brokenLaws([...first, ...elsewhere(first)])).toEqual([]);
  const upTo = first.slice(
    0,
    first.findIndex((entry) => entry.body.type === 'executed'),
  );
  expect(brokenLaws([...upTo, ...elsewhere(first)])).toEqual(['p-2: claimed while p-1 had the target']);
  const held = having('closed', () => ({ type: 'held', why: 'refuted' }))(first);
  expect(brokenLaws([...held, ...elsewhere(first)])).toContain('p-2: claimed a held target');
  expect(brokenLaws([...upTo, ...elsewhere(lawful())])).toEqual([]);
});

test('[KERNEL-06, KERNEL-09, L7] who meets every demand gets through, and ends where outcome and verdict say', () => {
  const life = fc.record({
    outcome: fc.constantFrom<OutcomeKind>('completed', 'no-effect', 'partial', 'indeterminate'),
    before: fc.constantFrom<CheckAnswer>('red', 'green', 'unknown'),
    after: fc.constantFrom<CheckAnswer>('red', 'green', 'unknown'),
    isSame: fc.boolean(),
    order: fc.shuffledSubarray([...people], { minLength: 1 }),
    fourEyes: fc.boolean(),
    plainKeys: fc.boolean(),
  });
  fc.assert(
    fc.property(life, ({ outcome, before, after, isSame, order, fourEyes, plainKeys }) => {
      const approvers = fourEyes ? order.filter((person) => person !== ANN) : order;
      fc.pre(approvers.length > 0);
      const strength = plainKeys ? 'plain' : 'verified';
      const told = live('end', {
        outcome,
        requirement: { approvals: approvers.length, fourEyes, plainKeys },
        approvals: approvers.map((person) => approval(person, {}, { strength })),
        before: [observation(before, 'a')],
        after: [observation(after, isSame ? 'a' : 'b')],
      });
      const isConfirmed = before === 'red' && after === 'green';
      const isNothing = outcome === 'no-effect' && after === 'red' && before === 'red' && isSame;
      expect(told.state.kind).toBe(isConfirmed || isNothing ? 'closed' : 'held');
      expect(told.target.busy).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});

test('[KERNEL-03, L2, L4] one approval fewer, one wrong person or one passed hour, and nothing is claimed', () => {
  const broken = fc.constantFrom('fewer', 'ineligible', 'own', 'ran-out', 'weak');
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }), broken, (need, how) => {
      const approvals = people.slice(0, need).map((person) => approval(person));
      const own = how === 'own' ? { fourEyes: true } : {};
      const short = how === 'fewer' ? approvals.slice(1) : approvals;
      const eligible = how === 'ineligible' ? ['ben', 'cleo'] : ['ann', 'ben', 'cleo'];
      const requirement = { approvals: need, eligible, plainKeys: how !== 'weak', ...own };
      const world = new ToldWorld();
      for (const [command, actor] of commandsOf({ requirement, approvals: short })) {
        const isLate = how === 'ran-out' && command.kind === 'claim';
        world.ask('p-1', 'shop', command, actor, isLate ? NOW + 3_600_000 : NOW);
      }
      const types = world.log.map((entry) => entry.body.type);
      expect(types.filter((type) => ['claimed', 'started', 'executed'].includes(type))).toEqual([]);
    }),
  );
});

test('[KERNEL-22, KERNEL-19, L1] of two that hold a target each can be recovered, and neither lets anything else through', () => {
  const target = { busy: undefined, held: ['p-a', 'p-b'] };
  for (const recovers of ['p-a', 'p-b']) {
    const after = live('end', { target, recovers });
    expect(after.state.kind).toBe('closed');
    expect(after.target).toEqual(target);
    expect(live('end', { target, recovers, after: [observation('red')] }).target.held).toEqual(['p-a', 'p-b', 'p-1']);
  }
  expect(() => live('end', { target, recovers: 'p-c' })).toThrow('claim was refused: p-a left it in doubt');
  expect(() => live('end', { target })).toThrow('claim was refused: p-a left it in doubt');
  expect(live('end', { target: FREE_TARGET, recovers: 'p-c' }).state.kind).toBe('closed');
});

/** A lawful log of one whole life. */
function lawful(): readonly Entry[] {
  const world = new ToldWorld();
  for (const [command, actor] of commandsOf({})) world.ask('p-1', 'shop', command, actor, NOW);
  return world.log;
}

const without = (type: EventType) => (log: readonly Entry[]) => log.filter((entry) => entry.body.type !== type);
const twice = (type: EventType) => (log: readonly Entry[]) =>
  log.flatMap((entry) => (entry.body.type === type ? [entry, { ...entry }] : [entry]));
const as = (type: EventType, over: Partial<Entry>) => (log: readonly Entry[]) =>
  log.map((entry) => (entry.body.type === type ? { ...entry, ...over } : entry));
const having = (type: EventType, change: (body: EventBody) => EventBody) => (log: readonly Entry[]) =>
  log.map((entry) => (entry.body.type === type ? { ...entry, body: change(entry.body) } : entry));

const FORGERIES: readonly (readonly [string, (log: readonly Entry[]) => readonly Entry[]])[] = [
  ['no approval', without('approval-given')],
  ['an approval that ran out', as('claimed', { atMs: NOW + 10 * 3_600_000 })],
  ['no claim', without('claimed')],
  ['no look', without('observed')],
  ['two starts', twice('started')],
  ['two ends', twice('executed')],
  ['an agent that starts', as('started', { actor: AGENT })],
  ['an agent that approves', as('approval-given', { actor: AGENT })],
  ['a control plane that executes', as('executed', { actor: CONTROL })],
  ['a runner that verifies', as('verified', { actor: RUNNER })],
  [
    'a verifier with the name of the runner',
    as('verified', { actor: { kind: 'verifier', name: RUNNER.name, key: 'k' } }),
  ],
  ['another runner', as('started', { actor: { kind: 'runner', name: 'runner-2', key: 'k' } })],
  ['a forged proposer', as('drafted', { actor: ANN })],
  ['a verdict without a close', without('closed')],
  ['a close without a verdict', without('verified')],
  ['a stale proposal that starts', having('approved', () => ({ type: 'stale', differences: [], spent: false }))],
  [
    'an approval of another bundle',
    having('sealed', (body) => ({ ...body, bundleDigest: 'f'.repeat(64) }) as EventBody),
  ],
  [
    'a verdict that its answers do not amount to',
    having('verified', (body) => ({ ...body, observations: [observation('red', 'a', CHECK.id)] }) as EventBody),
  ],
  ['two checks of one name', having('sealed', (body) => ({ ...body, checks: [CHECK, CHECK] }) as EventBody)],
  ['approved by nobody', having('approved', () => ({ type: 'approved', by: [] }))],
];

test.each(FORGERIES)('[L9, KERNEL-03] the oracle of these tests finds a log with %s', (_, forge) => {
  expect(brokenLaws(lawful())).toEqual([]);
  expect(brokenLaws(forge(lawful()))).not.toEqual([]);
});

/** The same approvals, of the proposal `p-2`. */
function forAnother(log: readonly Entry[]): readonly Entry[] {
  return log.map((entry): Entry => {
    if (entry.body.type !== 'approval-given') return entry;
    const { approval: signed } = entry.body;
    const document = { ...signed.document, proposal: 'p-2' };
    return { ...entry, body: { type: 'approval-given', approval: { ...signed, document } } };
  });
}

test('[L9, KERNEL-19] the oracle of these tests finds a second claim of a busy or held target', () => {
  const other = lawful().map((entry) => ({ ...entry, proposal: 'p-2' }));
  const held = having('closed', () => ({ type: 'held', why: 'refuted' }));
  expect(brokenLaws([...lawful(), ...forAnother(other)])).toEqual([]);
  expect(brokenLaws([...held(lawful()), ...forAnother(other)])).toContain('p-2: claimed a held target');
  const upTo = lawful().slice(
    0,
    lawful().findIndex((entry) => entry.body.type === 'executed'),
  );
  expect(brokenLaws([...upTo, ...forAnother(other)])).toContain('p-2: claimed while p-1 had the target');
});
