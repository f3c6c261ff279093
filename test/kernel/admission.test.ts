import { expect, test } from 'vitest';
import type { Agent, Environment, Requirement } from '../../src/kernel/index.ts';
import { AGENT, ANN, ask, BEN, CONTROL, EVERY_COMMAND, HOUR, live, NOW, REQUIREMENT, tell } from './examples.ts';

const admit = (over: Partial<Requirement>): { kind: 'admit'; requirement: Requirement } => ({
  kind: 'admit',
  requirement: { ...REQUIREMENT, ...over },
});

test('[KERNEL-15] an admitted proposal is open for as long as the policy says', () => {
  const command = admit({ openForMs: 7 });
  expect(ask(live('admit'), command, CONTROL)).toEqual({
    kind: 'decided',
    events: [{ type: 'admitted', requirement: command.requirement, expiresAtMs: NOW + 7 }],
  });
});

test('[KERNEL-17, L1] a standing grant approves in a sandbox at once, by nobody', () => {
  const command = admit({ grant: 'nightly', approvals: 0 });
  expect(ask(live('admit', { environment: 'sandbox' }), command, CONTROL)).toEqual({
    kind: 'decided',
    events: [
      { type: 'admitted', requirement: command.requirement, expiresAtMs: NOW + 24 * HOUR },
      { type: 'approved', by: [], grant: 'nightly' },
    ],
  });
});

test.each<Environment>(['production', 'staging'])(
  '[KERNEL-17, L1] a standing grant is refused in %s',
  (environment) => {
    expect(ask(live('admit', { environment }), admit({ grant: 'nightly' }), CONTROL)).toEqual({
      kind: 'refused',
      code: 'POLICY',
      what: 'a standing grant',
      where: 'p-1',
      why: `"nightly" is for sandbox targets, and this one is ${environment}`,
      next: 'ask for approvals instead',
    });
  },
);

test('[KERNEL-16, L1] a policy that demands nobody and grants nothing is refused', () => {
  for (const environment of ['production', 'sandbox'] as const) {
    expect(ask(live('admit', { environment }), admit({ approvals: 0 }), CONTROL)).toEqual({
      kind: 'refused',
      code: 'POLICY',
      what: 'a policy without approvals',
      where: 'p-1',
      why: 'no standing grant covers it and nobody would approve it',
      next: 'demand at least one approval',
    });
  }
  expect(ask(live('admit'), admit({ approvals: 1 }), CONTROL)).toMatchObject({ kind: 'decided' });
});

test('[KERNEL-18, L1] the agent that proposed takes it back, and so does the person who runs it', () => {
  const withdrawn = { kind: 'decided', events: [{ type: 'withdrawn', why: 'not needed' }] };
  for (const until of ['seal', 'admit', 'approve', 'claim'] as const) {
    expect(ask(live(until), EVERY_COMMAND.withdraw, AGENT), until).toEqual(withdrawn);
  }
  expect(ask(live('seal'), EVERY_COMMAND.withdraw, { kind: 'person', name: 'ann-laptop' })).toEqual(withdrawn);
  expect(ask(live('seal', { proposer: ANN }), EVERY_COMMAND.withdraw, ANN)).toEqual(withdrawn);
});

test.each<[string, Agent]>([
  ['name', { ...AGENT, name: 'other' }],
  ['person', { ...AGENT, person: 'ben-laptop' }],
  ['session', { ...AGENT, session: 's-2' }],
])('[KERNEL-18, L1] an agent with another %s does not take it back', (_, agent) => {
  expect(ask(live('seal'), EVERY_COMMAND.withdraw, agent)).toEqual({
    kind: 'refused',
    code: 'NOT_YOURS_TO_DO',
    what: 'withdraw',
    where: 'p-1',
    why: 'it was proposed by agent coder',
    next: 'reject it instead, with a signature',
  });
});

test('[KERNEL-18] nobody takes back what a person proposed, not even an agent of that name', () => {
  const told = live('seal', { proposer: ANN });
  const refused = { kind: 'refused', why: 'it was proposed by ann' };
  expect(ask(told, EVERY_COMMAND.withdraw, BEN)).toMatchObject(refused);
  expect(ask(told, EVERY_COMMAND.withdraw, { kind: 'agent', name: 'ann', person: 'ann' })).toMatchObject(refused);
});

test.each(['approve', 'claim'] as const)(
  '[KERNEL-18, L4] before %s it expires when its time is over, and not before',
  (until) => {
    const told = live(until);
    const endMs = NOW + 24 * HOUR;
    expect(ask(told, EVERY_COMMAND.expire, CONTROL, endMs)).toEqual({ kind: 'decided', events: [{ type: 'expired' }] });
    expect(tell(told, EVERY_COMMAND.expire, CONTROL, endMs).state.kind).toBe('expired');
    expect(ask(told, EVERY_COMMAND.expire, CONTROL, endMs - 1)).toEqual({
      kind: 'refused',
      code: 'NOT_LEGAL_NOW',
      what: 'expire',
      where: 'p-1',
      why: `it is open until ${new Date(endMs).toISOString()}`,
      next: 'wait, or withdraw it',
    });
  },
);
