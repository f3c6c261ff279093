/** What follows around a proposal's wait: the draft, admission by the policy, and withdrawal or expiry. */

import type { EventBody } from './event.ts';
import { inState } from './in-state.ts';
import { canonicalJson } from './json.ts';
import { type Principal, type Proposer, personBehind } from './principal.ts';
import { type CommandOf, type Decided, decided, nameOf, refuse, type Situation } from './situation.ts';

/** Takes a draft in the name of whoever asks: four eyes rest on who proposed it (L2). */
export function decideDraft(situation: Situation, command: CommandOf<'draft'>): Decided {
  const { draft } = command;
  const { actor } = situation.asking;
  if (canonicalJson(draft.proposer) === canonicalJson(actor)) return decided({ type: 'drafted', ...draft });
  return refuse(situation, 'NOT_YOURS_TO_DO', {
    what: 'draft',
    why: `${nameOf(actor)} asks for it in the name of ${nameOf(draft.proposer)}`,
    next: 'propose it in your own name',
  });
}

/** Opens a proposal for approval, or approves it under a standing grant: sandbox targets only (L1). */
export function decideAdmit(situation: Situation, command: CommandOf<'admit'>): Decided {
  const state = inState(situation.state, command.kind, 'proposed');
  const { requirement } = command;
  const admitted: EventBody = {
    type: 'admitted',
    requirement,
    expiresAtMs: situation.asking.atMs + requirement.openForMs,
  };
  if (requirement.grant !== undefined && state.environment !== 'sandbox') {
    return refuse(situation, 'POLICY', {
      what: 'a standing grant',
      why: `"${requirement.grant}" is for sandbox targets, and this one is ${state.environment}`,
      next: 'ask for approvals instead',
    });
  }
  if (requirement.grant === undefined && requirement.approvals < 1) {
    return refuse(situation, 'POLICY', {
      what: 'a policy without approvals',
      why: 'no standing grant covers it and nobody would approve it',
      next: 'demand at least one approval',
    });
  }
  if (requirement.grant === undefined) return decided(admitted);
  return decided(admitted, { type: 'approved', by: [], grant: requirement.grant });
}

/** Lets the proposer take it back. */
export function decideWithdraw(situation: Situation, command: CommandOf<'withdraw'>): Decided {
  const state = inState(situation.state, command.kind, 'drafted', 'proposed', 'open', 'approved');
  if (isProposer(situation.asking.actor, state.proposer)) return decided({ type: 'withdrawn', why: command.why });
  return refuse(situation, 'NOT_YOURS_TO_DO', {
    what: 'withdraw',
    why: `it was proposed by ${nameOf(state.proposer)}`,
    next: 'reject it instead, with a signature',
  });
}

function isProposer(actor: Principal, proposer: Proposer): boolean {
  if (actor.kind === 'person') return actor.name === personBehind(proposer);
  return (
    actor.kind === 'agent' &&
    proposer.kind === 'agent' &&
    actor.name === proposer.name &&
    actor.person === proposer.person &&
    actor.session === proposer.session
  );
}

/** Ends a proposal whose time ran out. */
export function decideExpire(situation: Situation): Decided {
  const state = inState(situation.state, 'expire', 'open', 'approved');
  if (situation.asking.atMs >= state.expiresAtMs) return decided({ type: 'expired' });
  return refuse(situation, 'NOT_LEGAL_NOW', {
    what: 'expire',
    why: `it is open until ${new Date(state.expiresAtMs).toISOString()}`,
    next: 'wait, or withdraw it',
  });
}
