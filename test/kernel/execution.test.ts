import { expect, test } from 'vitest';
import type { CheckedApproval, Command, Principal, Runner, TargetState } from '../../src/kernel/index.ts';
import {
  ACCOUNTS,
  approval,
  ask,
  BEN,
  CLAIM,
  CLEO,
  EVERY_COMMAND,
  HOUR,
  LOOK,
  live,
  NOW,
  observation,
  RUNNER,
  SIGNED,
  stateIn,
  tell,
  VERIFIER,
} from './examples.ts';

const refused = (code: string, what: string, why: string, next: string) => ({
  kind: 'refused',
  code,
  what,
  where: 'p-1',
  why,
  next,
});

const OTHER: Runner = { kind: 'runner', name: 'runner-2', key: 'other' };

test('[KERNEL-20, L3] only the runner that the approval names takes it', () => {
  const wrong = refused(
    'WRONG_RUNNER',
    'this execution',
    'it was approved for the runner runner-1, not for runner runner-2',
    'execute it on runner-1',
  );
  expect(ask(live('claim'), CLAIM, OTHER)).toEqual(wrong);
  const executing = ['release', 'find-stale', 'start', 'see-output', 'finish'] as const;
  for (const kind of executing) expect(ask(live('start'), EVERY_COMMAND[kind], OTHER), kind).toEqual(wrong);
});

test('[KERNEL-20] a runner claims in its own name', () => {
  const forged = { ...CLAIM, claim: { ...CLAIM.claim, runner: 'runner-2' } };
  expect(ask(live('claim'), forged, RUNNER)).toEqual(
    refused('WRONG_RUNNER', 'this claim', 'runner-1 claims in the name of runner-2', 'claim in your own name'),
  );
});

test('[KERNEL-20, L4] nothing is claimed after the time of the proposal', () => {
  const lateMs = NOW + 24 * HOUR;
  expect(ask(live('claim'), CLAIM, RUNNER, lateMs)).toEqual(
    refused(
      'EXPIRED',
      'this proposal',
      `it was open until ${new Date(lateMs).toISOString()}`,
      'propose the change again',
    ),
  );
});

test('[KERNEL-03, L2, L4] nothing is claimed when the approvals no longer count', () => {
  const ranOut = new Date(NOW + HOUR).toISOString();
  expect(ask(live('claim'), CLAIM, RUNNER, NOW + HOUR - 1)).toMatchObject({ kind: 'decided' });
  expect(ask(live('claim'), CLAIM, RUNNER, NOW + HOUR)).toEqual(
    refused(
      'QUORUM',
      'this execution',
      `0 of 1 approvals count; the approval of ben ran out ${ranOut}`,
      'ask for the missing approvals',
    ),
  );
  const both = live('claim', { requirement: { approvals: 2 }, approvals: [approval(BEN), approval(CLEO)] });
  expect(ask(both, CLAIM, RUNNER, NOW + HOUR)).toMatchObject({
    why: `0 of 2 approvals count; the approval of ben ran out ${ranOut}; the approval of cleo ran out ${ranOut}`,
  });
  const twins = { ...ACCOUNTS, cleo: ['ben-laptop'] };
  expect(ask(both, { ...CLAIM, accountsOf: twins }, RUNNER)).toMatchObject({
    code: 'QUORUM',
    why: '1 of 2 approvals count; cleo and ben share a key or an account: they count as one person',
  });
});

test.each<[string, TargetState, string | undefined, string | undefined]>([
  ['free', { busy: undefined, held: [] }, undefined, undefined],
  ['free', { busy: undefined, held: [] }, 'p-0', undefined],
  ['busy', { busy: 'p-0', held: [] }, undefined, 'TARGET_BUSY'],
  ['busy with what it recovers', { busy: 'p-0', held: ['p-0'] }, 'p-0', 'TARGET_BUSY'],
  ['held', { busy: undefined, held: ['p-0'] }, undefined, 'TARGET_HELD'],
  ['held by another than it recovers', { busy: undefined, held: ['p-0'] }, 'p-9', 'TARGET_HELD'],
  ['held by what it recovers', { busy: undefined, held: ['p-0'] }, 'p-0', undefined],
  ['held by two, neither of which it recovers', { busy: undefined, held: ['p-0', 'p-7'] }, 'p-9', 'TARGET_HELD'],
  ['held by two, the first of which it recovers', { busy: undefined, held: ['p-0', 'p-7'] }, 'p-0', undefined],
  ['held by two, the second of which it recovers', { busy: undefined, held: ['p-0', 'p-7'] }, 'p-7', undefined],
])('[KERNEL-19, KERNEL-22] on a target that is %s', (_, target, recovers, code) => {
  const life = recovers === undefined ? {} : { recovers };
  const answer = ask({ state: live('claim', life).state, target }, CLAIM, RUNNER);
  expect(answer.kind === 'refused' ? answer.code : undefined).toBe(code);
});

test('[KERNEL-19, L13] an occupied target says what occupies it and what to do', () => {
  const { state } = live('claim');
  expect(ask({ state, target: { busy: 'p-0', held: ['p-3'] } }, CLAIM, RUNNER)).toEqual(
    refused('TARGET_BUSY', 'the target shop', 'p-0 is executing or waits for its verdict', 'countersign show p-0'),
  );
  expect(ask({ state, target: { busy: undefined, held: ['p-3', 'p-4'] } }, CLAIM, RUNNER)).toEqual(
    refused(
      'TARGET_HELD',
      'the target shop',
      'p-3 left it in doubt',
      'look at the world, then countersign reconcile p-3 --note "what you found"',
    ),
  );
});

test('[KERNEL-20, L7] nothing starts before the verifier has looked, unless there is nothing to look at', () => {
  const claimed = live('look');
  const noBaseline = refused(
    'NO_BASELINE',
    'the start',
    'the verifier has not looked at the world since the claim',
    'start a verifier, then execute again',
  );
  expect(ask(claimed, startOf(claimed), RUNNER)).toEqual(noBaseline);
  const ready = tell(claimed, LOOK, VERIFIER);
  expect(ask(ready, startOf(ready), RUNNER)).toEqual({
    kind: 'decided',
    events: [{ type: 'started', ...startOf(ready).start }],
  });
  const unchecked = live('look', { checks: [] });
  expect(ask(unchecked, startOf(unchecked), RUNNER)).toMatchObject({ kind: 'decided' });
});

function startOf(told: ReturnType<typeof live>, take: (all: readonly string[]) => readonly string[] = (all) => all) {
  const nonces = stateIn(told, 'executing').approvals.map((one: CheckedApproval) => one.document.nonce);
  return { kind: 'start', start: { nonces: take(nonces), signed: SIGNED } } as const;
}

test('[KERNEL-03, L4] a start names the approvals that it uses up, each once and enough of them', () => {
  const told = live('start', { requirement: { approvals: 2 }, approvals: [approval(BEN), approval(CLEO)] });
  expect(ask(told, startOf(told), RUNNER)).toMatchObject({ kind: 'decided' });
  const next = 'start with the approvals that were given';
  const wrong = (why: string, code = 'WRONG_DOCUMENT') => refused(code, 'the start', why, next);
  expect(
    ask(
      told,
      startOf(told, (all) => [...all, 'strange']),
      RUNNER,
    ),
  ).toEqual(wrong('it names 3 nonces, and 2 of them belong to approvals of this proposal'));
  expect(
    ask(
      told,
      startOf(told, ([first = '']) => [first, first]),
      RUNNER,
    ),
  ).toEqual(wrong('it names 2 nonces, and 1 of them belong to approvals of this proposal'));
  expect(
    ask(
      told,
      startOf(told, (all) => all.slice(1)),
      RUNNER,
    ),
  ).toEqual(wrong('it uses 1 of 2 approvals', 'QUORUM'));
  expect(
    ask(
      told,
      startOf(told, () => []),
      RUNNER,
    ),
  ).toEqual(wrong('it uses 0 of 2 approvals', 'QUORUM'));
});

test('[KERNEL-03, KERNEL-16, L2] two approvals of one person are one person at the start too', () => {
  const first = approval(BEN, { expiresAtMs: NOW + 1 });
  const soon = NOW + 1;
  let told = live('approve', { requirement: { approvals: 2 } });
  for (const [one, atMs] of [
    [first, NOW],
    [approval(BEN), soon],
    [approval(CLEO), soon],
  ] as const) {
    const actor: Principal = { kind: 'person', name: one.document.approver };
    told = tell(told, { kind: 'approve', approval: one, accountsOf: ACCOUNTS }, actor, atMs);
  }
  told = tell(tell(told, CLAIM, RUNNER, soon), LOOK, VERIFIER, soon);
  expect(
    ask(
      told,
      startOf(told, (all) => all.slice(0, 2)),
      RUNNER,
      soon,
    ),
  ).toMatchObject({ code: 'QUORUM' });
  expect(
    ask(
      told,
      startOf(told, (all) => all.slice(1)),
      RUNNER,
      soon,
    ),
  ).toMatchObject({ kind: 'decided' });
});

test('[KERNEL-17] under a standing grant nothing is used up', () => {
  const life = { environment: 'sandbox', requirement: { grant: 'nightly', approvals: 0 }, approvals: [] } as const;
  const told = live('start', life);
  expect(ask(told, startOf(told), RUNNER)).toMatchObject({ kind: 'decided' });
  expect(
    ask(
      told,
      startOf(told, () => ['strange']),
      RUNNER,
    ),
  ).toMatchObject({ code: 'WRONG_DOCUMENT' });
  expect(live('end', life).state.kind).toBe('closed');
});

test('[KERNEL-20] a start may be recorded late: a runner that crashed after it knows the time no more', () => {
  const told = live('start');
  expect(ask(told, startOf(told), RUNNER, NOW + 1_000 * HOUR)).toMatchObject({ kind: 'decided' });
});

const startedOnly: readonly Command['kind'][] = ['see-output', 'finish'];
const beforeOnly: readonly Command['kind'][] = ['release', 'find-stale', 'start'];

test.each(startedOnly)('[KERNEL-20, L6] there is no %s of what has not begun', (kind) => {
  for (const until of ['look', 'start'] as const) {
    expect(ask(live(until), EVERY_COMMAND[kind], RUNNER)).toEqual(
      refused('NOT_LEGAL_NOW', 'execute', 'nothing has begun', 'countersign show, and see how it ended'),
    );
  }
  const event = { 'see-output': 'output', finish: 'executed' }[kind as 'finish'];
  expect(ask(live('finish'), EVERY_COMMAND[kind], RUNNER)).toMatchObject({
    kind: 'decided',
    events: [{ type: event }],
  });
});

test.each(beforeOnly)('[KERNEL-04, L5] there is no %s of what has begun', (kind) => {
  expect(ask(live('finish'), EVERY_COMMAND[kind], RUNNER)).toEqual(
    refused(
      'NOT_LEGAL_NOW',
      'execute',
      'it has begun, and what has begun never begins again',
      'countersign show, and see how it ended',
    ),
  );
});

test('[KERNEL-20] a claim is given back or found stale before anything began', () => {
  for (const until of ['look', 'start'] as const) {
    expect(ask(live(until), EVERY_COMMAND.release, RUNNER)).toEqual({
      kind: 'decided',
      events: [{ type: 'released', why: 'not now' }],
    });
    expect(ask(live(until), EVERY_COMMAND['find-stale'], RUNNER)).toEqual({
      kind: 'decided',
      events: [{ type: 'stale', ...EVERY_COMMAND['find-stale'].finding }],
    });
  }
  const released = tell(live('start'), EVERY_COMMAND.release, RUNNER);
  expect(released).toEqual({ state: released.state, target: { busy: undefined, held: [] } });
  expect(stateIn(released, 'approved')).not.toHaveProperty('claim');
  expect(ask(released, CLAIM, RUNNER)).toMatchObject({ kind: 'decided' });
});

test('[KERNEL-20, L7] a look before the start is the baseline, and there is none after it', () => {
  expect(ask(live('look'), LOOK, VERIFIER)).toMatchObject({ events: [{ type: 'observed', phase: 'before' }] });
  expect(ask(live('start'), LOOK, VERIFIER)).toMatchObject({ events: [{ type: 'observed', phase: 'before' }] });
  for (const until of ['admit', 'approve', 'claim'] as const) {
    expect(ask(live(until), LOOK, VERIFIER), until).toMatchObject({
      events: [{ type: 'observed', phase: 'proposed' }],
    });
  }
  expect(ask(live('finish'), LOOK, VERIFIER)).toEqual(
    refused('NOT_LEGAL_NOW', 'look', 'it has begun: a look is no baseline any more', 'verify it afterwards'),
  );
});

test('[KERNEL-20] a look that was taken for another phase is refused', () => {
  expect(ask(live('look'), { ...LOOK, phase: 'proposed' }, VERIFIER)).toEqual(
    refused(
      'NOT_LEGAL_NOW',
      'look',
      'the look was taken as "proposed", and by now it would count as "before"',
      'look again',
    ),
  );
  expect(ask(live('look'), { ...LOOK, phase: 'before' }, VERIFIER)).toMatchObject({ kind: 'decided' });
  expect(ask(live('claim'), { ...LOOK, phase: 'before' }, VERIFIER)).toMatchObject({ kind: 'refused' });
});

test('[KERNEL-21, L2] a verifier with the name of the runner does not look at its own work', () => {
  const twin = { ...VERIFIER, name: RUNNER.name };
  for (const until of ['admit', 'look'] as const) {
    expect(ask(live(until), LOOK, twin)).toEqual(
      refused('OWN_WORK', 'look', 'runner-1 is the runner that executes it', 'let another verifier look'),
    );
  }
  expect(ask(live('verify'), { ...EVERY_COMMAND.verify }, twin)).toEqual(
    refused('OWN_WORK', 'verify', 'runner-1 is the runner that executes it', 'let another verifier look'),
  );
});

test('[KERNEL-07] the last look before the start is the one that counts', () => {
  const again = { ...LOOK, observations: [observation('green', 'z')] };
  expect(stateIn(tell(live('start'), again, VERIFIER), 'executing').baseline).toEqual(again.observations);
});

test('[EXECUTE-20, L5] what a runner says of an execution counts only under the claim that holds it', () => {
  const foreign = refused(
    'WRONG_RUNNER',
    'this execution',
    'the claim claim-0 was given up, and claim-1 holds it now',
    'countersign show, and leave it to the claim that holds it',
  );
  const executing = ['release', 'find-stale', 'start', 'see-output', 'finish'] as const;
  for (const kind of executing) {
    const until = kind === 'see-output' || kind === 'finish' ? 'finish' : 'start';
    const command = EVERY_COMMAND[kind];
    expect(ask(live(until), { ...command, claim: 'claim-0' }, RUNNER), kind).toEqual(foreign);
    expect(ask(live(until), { ...command, claim: 'claim-1' }, RUNNER), kind).toEqual(ask(live(until), command, RUNNER));
  }
});

test('[KERNEL-19, CLI-06, L13] where releases must be signed, what helps says with which option', () => {
  const signedReconcile = { rule: 'signedReconcile', where: 'trust.yaml:3:5', demand: 'signed releases' };
  const { state } = live('claim', { requirement: { signedReconcile } });
  expect(ask({ state, target: { busy: undefined, held: ['p-3'] } }, CLAIM, RUNNER)).toMatchObject({
    next: 'look at the world, then countersign reconcile p-3 --note "what you found" --ssh-key FILE',
  });
  const held = live('end', { after: [observation('red')], requirement: { signedReconcile } });
  expect(ask(held, CLAIM, RUNNER)).toMatchObject({
    next: 'countersign show p-1, then countersign reconcile p-1 --note "what you found" --ssh-key FILE',
  });
});

test('[KERNEL-01, CLI-06, L13] a review is named where the glass was broken, and nowhere else', () => {
  const requirement = { breakGlass: ['ben'] };
  const glass = approval(BEN, { decision: 'break-glass', reason: 'down' });
  const closed = live('end', { requirement, approvals: [glass] });
  expect(ask(closed, CLAIM, RUNNER)).toMatchObject({
    next: 'countersign show p-1, then countersign review p-1 --note "what you found"',
  });
  expect(ask(live('end'), CLAIM, RUNNER)).toMatchObject({ next: 'countersign show p-1' });
});
