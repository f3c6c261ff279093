import { expect, test } from 'vitest';
import {
  ABSENT,
  type EventBody,
  type EventType,
  evolve,
  evolveTarget,
  FREE_TARGET,
  judge,
  type ProposalState,
  type StateKind,
} from '../../src/kernel/index.ts';
import {
  AGENT,
  approval,
  BEN,
  CHECK,
  CLAIM,
  CONTROL,
  draft,
  EVERY_COMMAND,
  HOUR,
  LOOK,
  live,
  NOW,
  observation,
  outcome,
  REQUIREMENT,
  RUNNER,
  SIGNED,
  sealed,
  sha,
  stateIn,
  statement,
  tell,
} from './examples.ts';

const APPROVAL = approval(BEN);
const VERIFIED = {
  observations: [observation('green', 'b')],
  verdict: judge([CHECK], [observation('red')], [observation('green', 'b')], 'completed'),
  signed: SIGNED,
};

/** One of each event. */
const EVENTS: { readonly [Type in EventType]: Extract<EventBody, { readonly type: Type }> } = {
  drafted: { type: 'drafted', ...draft() },
  unplannable: { type: 'unplannable', why: 'no plan', next: 'fix it' },
  sealed: { type: 'sealed', ...sealed() },
  admitted: { type: 'admitted', requirement: REQUIREMENT, expiresAtMs: NOW + HOUR },
  refused: { type: 'refused', because: [] },
  observed: { type: 'observed', phase: 'before', observations: LOOK.observations, signed: SIGNED },
  commented: { type: 'commented', text: 'done' },
  'approval-given': { type: 'approval-given', approval: APPROVAL },
  approved: { type: 'approved', by: ['ben'] },
  'glass-broken': { type: 'glass-broken', by: 'ben', reason: 'down' },
  'glass-reviewed': { type: 'glass-reviewed', by: 'cleo', note: 'right' },
  rejected: { type: 'rejected', approval: APPROVAL },
  withdrawn: { type: 'withdrawn', why: 'no' },
  superseded: { type: 'superseded', by: 'p-2' },
  expired: { type: 'expired' },
  claimed: { type: 'claimed', ...CLAIM.claim },
  released: { type: 'released', why: 'no' },
  stale: { type: 'stale', differences: [], spent: false },
  started: { type: 'started', nonces: [], signed: SIGNED },
  output: { type: 'output', stream: 'stdout', digest: sha('e'), sizeBytes: 1 },
  executed: { type: 'executed', outcome: outcome('completed'), signed: SIGNED },
  verified: { type: 'verified', ...VERIFIED },
  held: { type: 'held', why: 'refuted' },
  closed: { type: 'closed', mark: 'as-approved' },
  reconciled: { type: 'reconciled', note: 'fine' },
  'secrets-destroyed': { type: 'secrets-destroyed', digests: [sha('f')] },
  'evidence-recorded': {
    type: 'evidence-recorded',
    id: 'a'.repeat(26),
    source: 'run',
    about: 'ls',
    digest: sha('a'),
    sizeBytes: 1,
  },
};

type Kind = StateKind | 'claimed' | 'ready' | 'started';

const brokenGlass = (): ProposalState => evolve(live('claim').state, EVENTS['glass-broken']);

/** One proposal in each state, `executing` in each of its stages. */
const STATES: Readonly<Record<Exclude<Kind, 'executing'>, () => ProposalState>> = {
  absent: () => ABSENT,
  drafted: () => live('seal').state,
  unplannable: () => tell(live('seal'), EVERY_COMMAND['mark-unplannable'], CONTROL).state,
  proposed: () => live('admit').state,
  refused: () => tell(live('admit'), EVERY_COMMAND.refuse, CONTROL).state,
  open: () => live('approve').state,
  rejected: () => tell(live('approve'), EVERY_COMMAND.reject, BEN).state,
  withdrawn: () => tell(live('approve'), EVERY_COMMAND.withdraw, AGENT).state,
  superseded: () => tell(live('approve'), EVERY_COMMAND.supersede, CONTROL).state,
  expired: () => tell(live('approve'), EVERY_COMMAND.expire, CONTROL, NOW + 25 * HOUR).state,
  approved: () => live('claim').state,
  stale: () => tell(live('look'), EVERY_COMMAND['find-stale'], RUNNER).state,
  claimed: () => live('look').state,
  ready: () => live('start').state,
  started: () => live('finish').state,
  executed: () => live('verify').state,
  held: () => live('end', { after: [observation('red')] }).state,
  closed: () => live('end').state,
};

const OVER = ['refused', 'rejected', 'withdrawn', 'superseded', 'expired', 'stale', 'closed'] as const;
const SPOKEN_OF = Object.keys(STATES).filter((kind) => kind !== 'absent');

/** In which states each event can stand: every other place means a broken record. */
const CAN_STAND: Readonly<Record<Exclude<EventType, 'glass-reviewed'>, readonly string[]>> = {
  drafted: ['absent'],
  unplannable: ['drafted'],
  sealed: ['drafted'],
  admitted: ['proposed'],
  refused: ['proposed'],
  observed: ['proposed', 'open', 'approved', 'claimed', 'ready'],
  commented: SPOKEN_OF,
  'approval-given': ['open', 'approved'],
  approved: ['open'],
  'glass-broken': ['open', 'approved'],
  rejected: ['open', 'approved'],
  withdrawn: ['drafted', 'proposed', 'open', 'approved'],
  superseded: ['drafted', 'proposed', 'open', 'approved'],
  expired: ['open', 'approved'],
  claimed: ['approved'],
  released: ['claimed', 'ready'],
  stale: ['claimed', 'ready'],
  started: ['claimed', 'ready'],
  output: ['started'],
  executed: ['started'],
  verified: ['executed', 'held', 'closed'],
  held: ['executed'],
  closed: ['executed', 'held'],
  reconciled: ['held'],
  'secrets-destroyed': OVER,
  'evidence-recorded': ['absent'],
};

test.each(Object.entries(CAN_STAND))(
  '[KERNEL-07, L10] the record can have "%s" only where it can have happened',
  (type, kinds) => {
    // The keys of CAN_STAND are keys of EVENTS.
    const body = EVENTS[type as EventType];
    for (const [kind, state] of Object.entries(STATES)) {
      if (kinds.includes(kind)) expect(() => evolve(state(), body), kind).not.toThrow();
      else expect(() => evolve(state(), body), kind).toThrow(`bug: the record has "${type}" on a`);
    }
  },
);

test('[KERNEL-07] a bug in the record says what stands where', () => {
  expect(() => evolve(STATES.open(), EVENTS.started)).toThrow(
    'bug: the record has "started" on a proposal that is open',
  );
  expect(() => evolve(STATES.started(), EVENTS.started)).toThrow(
    'bug: the record has "started" on an execution that is started',
  );
  expect(() => evolve(STATES.approved(), EVENTS['glass-reviewed'])).toThrow('bug: a review of glass that nobody broke');
  expect(() => evolve(STATES.drafted(), EVENTS['glass-reviewed'])).toThrow('bug: a review of glass that nobody broke');
  const reviewed = evolve(brokenGlass(), EVENTS['glass-reviewed']);
  expect(() => evolve(reviewed, EVENTS['glass-reviewed'])).toThrow('bug: a review of glass that nobody broke');
});

test('[KERNEL-07] a proposal carries what is true of it, from its draft to its close', () => {
  const identity = draft();
  const bodies: readonly EventBody[] = [
    EVENTS.drafted,
    EVENTS.sealed,
    { ...EVENTS.observed, phase: 'proposed' },
    EVENTS.admitted,
    EVENTS['approval-given'],
    EVENTS.approved,
    EVENTS.claimed,
    EVENTS.observed,
    EVENTS.started,
    EVENTS.output,
    EVENTS.executed,
    EVENTS.verified,
    EVENTS.closed,
    EVENTS['secrets-destroyed'],
  ];
  const proposed = { ...identity, ...sealed(), lookedAt: LOOK.observations };
  const open = {
    ...proposed,
    requirement: REQUIREMENT,
    expiresAtMs: NOW + HOUR,
    approvals: [],
    glass: { kind: 'intact' },
  };
  const approved = { ...open, approvals: [APPROVAL] };
  const executing = { ...approved, claim: CLAIM.claim, baseline: LOOK.observations };
  const executed = { ...executing, outcome: outcome('completed'), verdicts: [] };
  const closed = { ...executed, kind: 'closed', verdicts: [VERIFIED], mark: 'as-approved' };
  const expected: readonly object[] = [
    { kind: 'drafted', ...identity },
    { kind: 'proposed', ...proposed, lookedAt: [] },
    { kind: 'proposed', ...proposed },
    { kind: 'open', ...open },
    { kind: 'open', ...approved },
    { kind: 'approved', ...approved },
    { kind: 'executing', stage: 'claimed', ...executing, baseline: [] },
    { kind: 'executing', stage: 'ready', ...executing },
    { kind: 'executing', stage: 'started', ...executing },
    { kind: 'executing', stage: 'started', ...executing },
    { kind: 'executed', ...executed },
    { kind: 'executed', ...executed, verdicts: [VERIFIED] },
    closed,
    closed,
  ];
  let state: ProposalState = ABSENT;
  bodies.forEach((body, index) => {
    state = evolve(state, body);
    expect(state, body.type).toEqual(expected[index]);
  });
});

test('[KERNEL-07] the ends that come early', () => {
  const proposed = stateIn(live('admit'), 'proposed');
  const open = stateIn(live('approve'), 'open');
  expect(evolve(STATES.drafted(), EVENTS.unplannable)).toEqual({
    ...STATES.drafted(),
    kind: 'unplannable',
    why: 'no plan',
  });
  expect(evolve(proposed, EVENTS.refused)).toEqual({ ...proposed, kind: 'refused' });
  expect(evolve(open, EVENTS.rejected)).toEqual({ ...open, kind: 'rejected' });
  expect(evolve(open, EVENTS.expired)).toEqual({ ...open, kind: 'expired' });
  expect(evolve(open, EVENTS.withdrawn)).toEqual({ ...open, kind: 'withdrawn' });
  expect(evolve(open, EVENTS.superseded)).toEqual({ ...open, kind: 'superseded', by: 'p-2' });
  const executed = STATES.executed();
  expect(evolve(executed, EVENTS.held)).toEqual({ ...executed, kind: 'held', why: 'refuted' });
});

test('[KERNEL-07, KERNEL-20] what is given back or found stale keeps its approvals and forgets the claim', () => {
  const approved = stateIn(live('claim', { approvals: [APPROVAL] }), 'approved');
  for (const kind of ['look', 'start'] as const) {
    const { state } = live(kind, { approvals: [APPROVAL] });
    expect(evolve(state, EVENTS.released)).toEqual(approved);
    expect(evolve(state, EVENTS.stale)).toEqual({ ...approved, kind: 'stale' });
  }
});

test('[KERNEL-16] glass breaks, and is reviewed', () => {
  const broken = brokenGlass();
  expect(broken).toEqual({
    ...STATES.approved(),
    approvals: expect.anything(),
    glass: { kind: 'broken', by: 'ben', reason: 'down' },
  });
  expect(evolve(broken, EVENTS['glass-reviewed'])).toMatchObject({
    kind: 'approved',
    glass: { kind: 'reviewed', by: 'ben', reason: 'down', reviewer: 'cleo' },
  });
});

test('[KERNEL-19] a target is busy from the claim to the verdict or the release', () => {
  const busy = evolveTarget(FREE_TARGET, 'p-1', EVENTS.claimed);
  expect(busy).toEqual({ busy: 'p-1', held: [] });
  for (const body of [EVENTS.observed, EVENTS.started, EVENTS.output, EVENTS.executed, EVENTS.verified]) {
    expect(evolveTarget(busy, 'p-1', body), body.type).toEqual(busy);
  }
  for (const body of [EVENTS.released, EVENTS.stale, EVENTS.closed]) {
    expect(evolveTarget(busy, 'p-1', body), body.type).toEqual({ busy: undefined, held: [] });
    expect(evolveTarget(busy, 'p-2', body), body.type).toEqual(busy);
  }
  expect(evolveTarget(busy, 'p-1', EVENTS.held)).toEqual({ busy: undefined, held: ['p-1'] });
  expect(evolveTarget(busy, 'p-2', EVENTS.held)).toEqual({ busy: 'p-1', held: ['p-2'] });
});

test('[KERNEL-25, L10] words on what is not held stand only with a signature, and change nothing but what they say', () => {
  const signed = { ...EVENTS.reconciled, statement: statement(live('end'), BEN, { decision: 'reconcile' }) };
  const released = evolve(STATES.held(), { type: 'closed', mark: 'reconciled' });
  expect(evolve(released, signed)).toEqual(released);
  const bug = 'bug: the record has "reconciled" on a proposal that was not held';
  expect(() => evolve(released, EVENTS.reconciled)).toThrow(bug);
  for (const state of [STATES.executed(), STATES.closed()]) {
    expect(evolve(state, signed)).toEqual(state);
    expect(() => evolve(state, EVENTS.reconciled)).toThrow(bug);
  }
});

test('[KERNEL-25] what a word released stays known until a runner that starts there says that it holds', () => {
  const closed: EventBody = { type: 'closed', mark: 'reconciled' };
  const one = evolveTarget({ busy: undefined, held: ['p-1', 'p-2'] }, 'p-1', closed);
  expect(one).toEqual({ busy: undefined, held: ['p-2'], reconciled: ['p-1'] });
  const both = evolveTarget(one, 'p-2', closed);
  expect(both).toEqual({ busy: undefined, held: [], reconciled: ['p-1', 'p-2'] });
  const busy = evolveTarget(both, 'p-3', EVENTS.claimed);
  expect(evolveTarget(busy, 'p-3', EVENTS.held)).toEqual({ ...both, held: ['p-3'] });
  expect(evolveTarget(busy, 'p-3', EVENTS.closed)).toEqual(both);
  expect(evolveTarget(busy, 'p-3', EVENTS.started)).toEqual(busy);
  const started = evolveTarget(busy, 'p-3', { ...EVENTS.started, reconciled: ['p-1'] });
  expect(started).toEqual({ busy: 'p-3', held: [], reconciled: ['p-2'] });
  const all = evolveTarget(busy, 'p-3', { ...EVENTS.started, reconciled: ['p-2', 'p-1'] });
  expect(all).toStrictEqual({ busy: 'p-3', held: [] });
});

test('[KERNEL-19] a target is held by each proposal once, and released one by one', () => {
  const held = { busy: undefined, held: ['p-1', 'p-2'] };
  expect(evolveTarget(held, 'p-1', EVENTS.held)).toEqual(held);
  expect(evolveTarget(held, 'p-3', EVENTS.held)).toEqual({ busy: undefined, held: ['p-1', 'p-2', 'p-3'] });
  expect(evolveTarget(held, 'p-3', EVENTS.claimed)).toEqual({ busy: 'p-3', held: ['p-1', 'p-2'] });
  expect(evolveTarget(held, 'p-1', EVENTS.closed)).toEqual({ busy: undefined, held: ['p-2'] });
  expect(evolveTarget(held, 'p-3', EVENTS.closed)).toEqual(held);
  expect(FREE_TARGET).toEqual({ busy: undefined, held: [] });
});
