import { expect, test } from 'vitest';
import { type Command, judge, type OutcomeKind, SETTLEMENTS, type VerdictKind } from '../../src/kernel/index.ts';
import {
  AGENT,
  ANN,
  ask,
  CHECK,
  EVERY_COMMAND,
  live,
  observation,
  SIGNED,
  stateIn,
  tell,
  VERIFIER,
} from './examples.ts';

/** Answers after that amount to each verdict, when the check was red before on the bytes `a`. */
const AFTER: Readonly<Record<VerdictKind | 'refuted-as-before', ReturnType<typeof observation>>> = {
  confirmed: observation('green', 'b'),
  refuted: observation('red', 'c'),
  'refuted-as-before': observation('red', 'a'),
  inconclusive: observation('unknown', 'd'),
};

/** The table of the design, by hand. `held` holds the target; anything else closes with that mark. */
const TABLE: Readonly<Record<OutcomeKind, Readonly<Record<keyof typeof AFTER, string>>>> = {
  completed: { confirmed: 'as-approved', refuted: 'held', 'refuted-as-before': 'held', inconclusive: 'held' },
  'no-effect': {
    confirmed: 'arrived-by-other-means',
    refuted: 'held',
    'refuted-as-before': 'no-effect',
    inconclusive: 'held',
  },
  partial: {
    confirmed: 'after-uncertain-execution',
    refuted: 'held',
    'refuted-as-before': 'held',
    inconclusive: 'held',
  },
  indeterminate: {
    confirmed: 'after-uncertain-execution',
    refuted: 'held',
    'refuted-as-before': 'held',
    inconclusive: 'held',
  },
};

const ROWS = Object.entries(TABLE).flatMap(([outcome, row]) =>
  Object.entries(row).map(
    ([after, settlement]) => [outcome, after, settlement] as [OutcomeKind, keyof typeof AFTER, string],
  ),
);

test.each(ROWS)('[KERNEL-09, KERNEL-05, L7] %s and %s: %s', (outcome, after, settlement) => {
  const told = live('end', { outcome, after: [AFTER[after]] });
  const verdict = after === 'refuted-as-before' ? 'refuted' : after;
  if (settlement === 'held') {
    const state = stateIn(told, 'held');
    expect(state.why).toBe(`the outcome is ${outcome} and the verdict is ${verdict}`);
    expect(told.target).toEqual({ busy: undefined, held: ['p-1'] });
  } else {
    expect(stateIn(told, 'closed').mark).toBe(settlement);
    expect(told.target).toEqual({ busy: undefined, held: [] });
  }
  const { state } = told;
  const both = 'verdicts' in state ? [state.outcome.kind, state.verdicts.map((one) => one.verdict.kind)] : [];
  expect(both).toEqual([outcome, [verdict]]);
});

test('[KERNEL-09] the published table is the one of the design', () => {
  expect(SETTLEMENTS).toEqual({
    completed: { confirmed: 'as-approved', refuted: 'held', inconclusive: 'held' },
    'no-effect': { confirmed: 'arrived-by-other-means', refuted: 'as-before', inconclusive: 'held' },
    partial: { confirmed: 'after-uncertain-execution', refuted: 'held', inconclusive: 'held' },
    indeterminate: { confirmed: 'after-uncertain-execution', refuted: 'held', inconclusive: 'held' },
  });
});

type Verify = Extract<Command, { readonly kind: 'verify' }>;

const verify = (after: keyof typeof AFTER, claimed = after): Verify => ({
  kind: 'verify',
  verified: {
    observations: [AFTER[after]],
    verdict: judge([CHECK], [observation('red')], [AFTER[claimed]], 'completed'),
    signed: SIGNED,
  },
});

test('[KERNEL-21, L7] a verdict that its own observations do not amount to is refused', () => {
  expect(ask(live('verify'), verify('refuted', 'confirmed'), VERIFIER)).toEqual({
    kind: 'refused',
    code: 'WRONG_DOCUMENT',
    what: 'this verdict',
    where: 'p-1',
    why: 'the observations amount to "refuted", the signature covers "confirmed"',
    next: 'verify again',
  });
  const asBefore = verify('refuted');
  const embellished = { ...asBefore.verified, verdict: { ...asBefore.verified.verdict, isAsBefore: true } };
  expect(ask(live('verify'), { kind: 'verify', verified: embellished }, VERIFIER)).toMatchObject({
    code: 'WRONG_DOCUMENT',
  });
});

test('[KERNEL-21, L5] a verdict is judged by the outcome too', () => {
  const plan = { ...CHECK, kind: 'terraform-plan' } as const;
  const told = live('verify', { checks: [plan], outcome: 'indeterminate' });
  expect(ask(told, verify('confirmed'), VERIFIER)).toMatchObject({ code: 'WRONG_DOCUMENT' });
});

test('[KERNEL-21] the event of a verdict holds what was signed', () => {
  const command = verify('confirmed');
  expect(ask(live('verify'), command, VERIFIER)).toEqual({
    kind: 'decided',
    events: [
      { type: 'verified', ...command.verified },
      { type: 'closed', mark: 'as-approved' },
    ],
  });
});

test('[KERNEL-23, L7] verifying again appends a verdict; it neither releases a held target nor holds a closed one', () => {
  const held = live('end', { after: [AFTER.refuted] });
  const again = verify('confirmed');
  expect(ask(held, again, VERIFIER)).toEqual({ kind: 'decided', events: [{ type: 'verified', ...again.verified }] });
  const after = tell(held, again, VERIFIER);
  expect(stateIn(after, 'held').verdicts.map((one) => one.verdict.kind)).toEqual(['refuted', 'confirmed']);
  expect(after.target.held).toEqual(['p-1']);
  const closed = tell(live('end'), verify('refuted'), VERIFIER);
  expect(stateIn(closed, 'closed').verdicts.map((one) => one.verdict.kind)).toEqual(['confirmed', 'refuted']);
});

test('[KERNEL-05, KERNEL-19, L1] a person releases a held target, with a note of what they found', () => {
  const held = live('end', { after: [AFTER.refuted] });
  expect(ask(held, { kind: 'reconcile', note: 'all fine' }, ANN)).toEqual({
    kind: 'decided',
    events: [
      { type: 'reconciled', note: 'all fine' },
      { type: 'closed', mark: 'reconciled' },
    ],
  });
  expect(ask(held, { kind: 'reconcile', note: ' ' }, ANN)).toEqual({
    kind: 'refused',
    code: 'POLICY',
    what: 'reconcile',
    where: 'p-1',
    why: 'it needs a note of what was found in the world',
    next: 'look at the world, then say what you found with `--note`',
  });
  expect(ask(held, EVERY_COMMAND.reconcile, AGENT)).toMatchObject({ code: 'NOT_YOURS_TO_DO' });
  const after = tell(held, EVERY_COMMAND.reconcile, ANN);
  expect(stateIn(after, 'closed').mark).toBe('reconciled');
  expect(after.target).toEqual({ busy: undefined, held: [], reconciled: ['p-1'] });
});
