import { expect, test } from 'vitest';
import {
  ABSENT,
  type EventBody,
  evolve,
  FREE_TARGET,
  type ProposalState,
  type TargetState,
} from '../../src/kernel/index.ts';
import { lockTrouble } from '../../src/record/examine-lock.ts';
import { type LifeBlobs, lifeOf } from '../support/whole-life.ts';

const digest = 'a'.repeat(64);
const blobs: LifeBlobs = {
  bundle: digest,
  preview: digest,
  plan: digest,
  output: digest,
  evidence: digest,
  secret: digest,
};
const LIFE: readonly EventBody[] = lifeOf('p1', 'shop', blobs).map(([, body]) => body);

type Verified = Extract<EventBody, { readonly type: 'verified' }>;
type Executed = Extract<EventBody, { readonly type: 'executed' }>;

/** The state before the first event of a type, and the type of the event before it. */
function before(type: EventBody['type']): {
  readonly state: ProposalState;
  readonly type: EventBody['type'] | undefined;
} {
  const upTo = LIFE.slice(
    0,
    LIFE.findIndex((body) => body.type === type),
  );
  return { state: upTo.reduce(evolve, ABSENT), type: upTo.at(-1)?.type };
}

function find<Type extends EventBody['type']>(type: Type): Extract<EventBody, { readonly type: Type }> {
  const body = LIFE.find((one): one is Extract<EventBody, { readonly type: Type }> => one.type === type);
  if (body === undefined) throw new TypeError(`no ${type}`);
  return body;
}

const claim = find('claimed');
const approved = before('claimed');

test.each<[TargetState, string | undefined, string | undefined]>([
  [FREE_TARGET, undefined, undefined],
  [{ busy: 'p9', held: [] }, undefined, 'its target was claimed while p9 was executing or waited for its verdict'],
  [{ busy: undefined, held: ['p8', 'p9'] }, undefined, 'its target was claimed while p8 held it'],
  [{ busy: undefined, held: ['p8', 'p9'] }, 'p9', undefined],
  [{ busy: undefined, held: ['p8'] }, 'p7', 'its target was claimed while p8 held it'],
  [{ busy: 'p9', held: ['p8'] }, 'p8', 'its target was claimed while p9 was executing or waited for its verdict'],
])('[RECORD-21, L7] a claim of a target that is %j, recovering %s: %s', (target, recovers, trouble) => {
  const state = { ...approved.state, recovers } as ProposalState;
  expect(lockTrouble({ state, type: approved.type, target }, claim)).toBe(trouble);
});

/** A life up to its verdict, with another outcome and another verdict. */
function judged(outcome: Executed['outcome']['kind'], verdict: Partial<Verified['verdict']>): ProposalState {
  const executed = find('executed');
  const verified = find('verified');
  const { state } = before('executed');
  const ended = evolve(state, { ...executed, outcome: { ...executed.outcome, kind: outcome } });
  return evolve(ended, { ...verified, verdict: { ...verified.verdict, ...verdict } });
}

const closed = (mark: Extract<EventBody, { type: 'closed' }>['mark']): EventBody => ({ type: 'closed', mark });
const held: EventBody = { type: 'held', why: 'x' };
const nobody = (what: string): string => `it ${what}, and neither a verdict nor a person says so right before`;

test.each<[ProposalState, EventBody, string | undefined]>([
  [judged('completed', {}), closed('as-approved'), undefined],
  [judged('completed', {}), closed('no-effect'), nobody('was closed as no-effect')],
  [judged('completed', {}), closed('reconciled'), nobody('was closed as reconciled')],
  [judged('completed', {}), held, nobody('held its target')],
  [judged('completed', { kind: 'refuted' }), held, undefined],
  [judged('completed', { kind: 'refuted' }), closed('as-approved'), nobody('was closed as as-approved')],
  [judged('completed', { kind: 'inconclusive' }), closed('as-approved'), nobody('was closed as as-approved')],
  [judged('no-effect', { kind: 'refuted', isAsBefore: true }), closed('no-effect'), undefined],
  [judged('no-effect', { kind: 'refuted', isAsBefore: false }), closed('no-effect'), nobody('was closed as no-effect')],
  [judged('partial', {}), closed('after-uncertain-execution'), undefined],
])(
  '[RECORD-21, L7] an execution that was judged settles as its outcome and verdict say (%#)',
  (state, body, trouble) => {
    expect(lockTrouble({ state, type: 'verified', target: FREE_TARGET }, body)).toBe(trouble);
  },
);

test('[RECORD-21, L7] without a verdict right before, nothing settles', () => {
  const { state } = before('verified');
  expect(lockTrouble({ state, type: 'executed', target: FREE_TARGET }, closed('as-approved'))).toBe(
    nobody('was closed as as-approved'),
  );
  const later = judged('completed', {});
  expect(lockTrouble({ state: later, type: 'commented', target: FREE_TARGET }, closed('as-approved'))).toBe(
    nobody('was closed as as-approved'),
  );
});

test('[RECORD-21, L7] what is held closes by a person right before, as reconciled, and by nothing else', () => {
  const state = evolve(judged('completed', { kind: 'refuted' }), held);
  const at = (type: EventBody['type'], body: EventBody): string | undefined =>
    lockTrouble({ state, type, target: FREE_TARGET }, body);
  expect(at('reconciled', closed('reconciled'))).toBe(undefined);
  expect(at('reconciled', closed('as-approved'))).toBe(nobody('was closed as as-approved'));
  expect(at('held', closed('reconciled'))).toBe(nobody('was closed as reconciled'));
  expect(at('verified', closed('reconciled'))).toBe(nobody('was closed as reconciled'));
  expect(at('reconciled', held)).toBe(nobody('held its target'));
});

test('[RECORD-21] whatever else happens is not asked about', () => {
  const { state } = before('verified');
  const target = { busy: 'p9', held: ['p8'] };
  for (const body of LIFE.filter((one) => one.type !== 'claimed' && one.type !== 'closed')) {
    expect(lockTrouble({ state, type: undefined, target }, body), body.type).toBe(undefined);
  }
});
