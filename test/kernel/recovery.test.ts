import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ABSENT, type Command, type ProposalState } from '../../src/kernel/index.ts';
import { ANN, ask, type Life, live, observation, stateIn, statement, type Told, tell, VERIFIER } from './examples.ts';

const RED = { after: [observation('red')] };
const held = (): Told => live('end', RED);

/** Another proposal, `p-r`, that recovers `p-1` unless said otherwise. */
function recovery(life: Life = {}, over: object = {}): ProposalState {
  const { state } = live('end', { recovers: 'p-1', ...life });
  // Only its identity is another one than the example's.
  return { ...state, proposal: 'p-r', ...over } as ProposalState;
}

const through = (recovered: ProposalState | undefined, name = 'p-r'): Command => ({
  kind: 'reconcile',
  note: 'looked',
  through: name,
  recovery: recovered,
});

test('[KERNEL-26, KERNEL-22] a release through a confirmed recovery of it names that recovery', () => {
  expect(ask(held(), through(recovery()), ANN)).toEqual({
    kind: 'decided',
    events: [
      { type: 'reconciled', note: 'looked', through: 'p-r' },
      { type: 'closed', mark: 'reconciled' },
    ],
  });
  const told = held();
  const signed = statement(told, ANN, { decision: 'reconcile', through: 'p-r' });
  const command = { ...through(recovery()), statement: signed } as Command;
  expect(ask(told, command, ANN)).toMatchObject({ kind: 'decided', events: [{ through: 'p-r' }, {}] });
  const after = tell(told, { kind: 'reconcile', note: 'looked' }, ANN);
  expect(ask(after, command, ANN)).toMatchObject({ kind: 'decided' });
});

const WRONG: readonly (readonly [string, ProposalState | undefined, string])[] = [
  ['nothing', undefined, 'there is no such proposal'],
  ['nothing that was ever recorded', ABSENT, 'there is no such proposal'],
  ['another one than it was handed', recovery({}, { proposal: 'p-x' }), 'it is p-x'],
  ['what recovers nothing', live('end').state, 'it does not say that it recovers anything'],
  ['the recovery of another one', recovery({ recovers: 'p-9' }), 'it recovers p-9'],
  ['a recovery on another target', recovery({}, { target: 'ledger' }), 'it changed ledger, and not shop'],
];

test.each(WRONG)('[KERNEL-26, L13] a release through %s is refused', (_, found, why) => {
  const name = found !== undefined && 'proposal' in found && found.proposal === 'p-1' ? 'p-1' : 'p-r';
  expect(ask(held(), through(found, name), ANN)).toEqual({
    kind: 'refused',
    code: 'WRONG_DOCUMENT',
    what: 'reconcile',
    where: 'p-1',
    why: `${name} is no recovery of it: ${why}`,
    next: 'name the proposal that was made with `--recovers p-1`, or leave `--through` out',
  });
});

test('[KERNEL-26, KERNEL-28, L13] where both places are known they decide, and never the name that both have', () => {
  const [here, there] = ['a'.repeat(64), 'b'.repeat(64)];
  const at = (place: string | undefined): Told => {
    const told = held();
    // As it would have been sealed there.
    return { ...told, state: { ...told.state, place } as ProposalState };
  };
  const answer = (its: string | undefined, own: string | undefined) =>
    ask(at(its), through(recovery({}, { place: own })), ANN);
  expect(answer(here, there)).toMatchObject({
    kind: 'refused',
    code: 'WRONG_DOCUMENT',
    why: 'p-r is no recovery of it: it changed another place, whatever both call it: shop',
  });
  expect(answer(here, here)).toMatchObject({ kind: 'decided' });
  expect(answer(here, undefined)).toMatchObject({ kind: 'decided' });
  expect(answer(undefined, there)).toMatchObject({ kind: 'decided' });
  expect(ask(at(here), through(recovery({}, { place: here, target: 'till' })), ANN)).toMatchObject({ kind: 'decided' });
});

const REFUTED_LATER = tell(
  live('end', { recovers: 'p-1' }),
  {
    kind: 'verify',
    verified: {
      observations: [observation('red', 'c')],
      verdict: {
        kind: 'refuted',
        isAsBefore: false,
        findings: [{ id: 'column-exists', role: 'refutes', why: 'is red' }],
      },
      signed: { key: 'some-key', signature: 'some-signature' },
    },
  },
  VERIFIER,
).state;

const EARLY: readonly (readonly [string, ProposalState, string])[] = [
  ['is only open', recovery({}, live('approve', { recovers: 'p-1' }).state), 'it is open'],
  ['is executing', recovery({}, live('finish', { recovers: 'p-1' }).state), 'it is executing'],
  ['was not verified', recovery({}, live('verify', { recovers: 'p-1' }).state), 'it is executed'],
  ['is held itself', recovery(RED), 'it is held'],
  ['had no effect', recovery({ outcome: 'no-effect', after: [observation('red')] }), 'its verdict is refuted'],
  ['was refuted later', { ...REFUTED_LATER, proposal: 'p-r' } as ProposalState, 'its verdict is refuted'],
  ['nobody verified', recovery({}, { verdicts: [] }), 'its verdict is missing'],
];

test.each(EARLY)('[KERNEL-26, L7, L13] a release through a recovery that %s is refused', (_, found, why) => {
  const named = { ...found, proposal: 'p-r' } as ProposalState;
  expect(ask(held(), through(named), ANN)).toEqual({
    kind: 'refused',
    code: 'NOT_LEGAL_NOW',
    what: 'reconcile',
    where: 'p-1',
    why: `p-r put nothing right yet that anybody confirmed: ${why}`,
    next: 'countersign show p-r',
  });
});

test('[KERNEL-26, L6, L7] whatever its outcome was, what counts is that somebody else confirmed it', () => {
  for (const outcome of ['completed', 'partial', 'indeterminate', 'no-effect'] as const) {
    const found = recovery({ outcome });
    expect(stateIn({ ...held(), state: found }, 'closed').outcome.kind).toBe(outcome);
    expect(ask(held(), through(found), ANN), outcome).toMatchObject({ kind: 'decided' });
  }
});

test('[KERNEL-26, L9] of any proposal whatever, exactly a confirmed and closed recovery of this one on this target is named', () => {
  const untils: readonly (Command['kind'] | 'end')[] = ['seal', 'admit', 'approve', 'claim', 'finish', 'verify', 'end'];
  const any = fc.record({
    recovers: fc.constantFrom('p-1', 'p-1', 'p-1', 'p-9', undefined),
    target: fc.constantFrom('shop', 'shop', 'ledger'),
    until: fc.oneof(fc.constant<'end'>('end'), fc.constantFrom(...untils)),
    after: fc.constantFrom('green', 'green', 'red', 'unknown'),
    isSigned: fc.boolean(),
  });
  const reached = new Set<boolean>();
  fc.assert(
    fc.property(any, ({ recovers, target, until, after, isSigned }) => {
      const life = recovers === undefined ? {} : { recovers };
      const { state } = live(until, { ...life, after: [observation(after, 'b')] });
      const found = { ...state, proposal: 'p-r', target } as ProposalState;
      const told = held();
      const signed = isSigned ? { statement: statement(told, ANN, { decision: 'reconcile', through: 'p-r' }) } : {};
      const answer = ask(told, { ...through(found), ...signed } as Command, ANN);
      const isRecovery = recovers === 'p-1' && target === 'shop' && until === 'end' && after === 'green';
      reached.add(isRecovery);
      expect(answer.kind).toBe(isRecovery ? 'decided' : 'refused');
    }),
    { numRuns: 300 },
  );
  expect([...reached].sort()).toEqual([false, true]);
});
