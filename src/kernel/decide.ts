/**
 * What follows from a command: events, or a refusal that says why.
 *
 * Pure: the shell loads the states, asks here, appends the events in one transaction, and only then acts.
 */

import type { Command, CommandKind } from './command.ts';
import { decideAdmit, decideDraft, decideExpire, decideWithdraw } from './decide-admission.ts';
import { decideApprove, decideReject } from './decide-approval.ts';
import { decideClaim, decideExecuting } from './decide-execution.ts';
import { decideReconcile } from './decide-reconcile.ts';
import { decideReview } from './decide-review.ts';
import { decideSeal } from './decide-seal.ts';
import { decideVerify } from './decide-verdict.ts';
import { LEGAL_IN, MAY_ASK } from './legal.ts';
import type { Refusal } from './refusal.ts';
import { type Decided, decided, refuse, type Situation } from './situation.ts';
import { nextCommand, SPOKEN } from './spoken-command.ts';

/**
 * Decides a command.
 *
 * The two tables of `legal.ts` come first: an illegal command or the wrong kind of principal is refused before anything else.
 *
 * @param situation  the proposal, its target, and who asks when
 * @returns the events to append, in order; or a refusal
 */
export function decide(situation: Situation, command: Command): Decided {
  return refuseByTables(situation, command.kind) ?? decideLegal(situation, command);
}

function refuseByTables(situation: Situation, command: CommandKind): Refusal | undefined {
  const { state, asking } = situation;
  if (!MAY_ASK[command].includes(asking.actor.kind)) {
    return refuse(situation, 'NOT_YOURS_TO_DO', {
      what: SPOKEN[command],
      why: `${asking.actor.kind === 'agent' ? 'an agent' : `a ${asking.actor.kind}`} can never ${SPOKEN[command]}`,
      next: `ask a ${MAY_ASK[command].join(' or ')}`,
    });
  }
  if (LEGAL_IN[command].includes(state.kind)) return undefined;
  return refuse(situation, 'NOT_LEGAL_NOW', {
    what: SPOKEN[command],
    why: `the proposal is ${state.kind}`,
    next: nextCommand(state),
  });
}

function decideLegal(situation: Situation, command: Command): Decided {
  switch (command.kind) {
    case 'draft':
      return decideDraft(situation, command);
    case 'mark-unplannable':
      return decided({ type: 'unplannable', ...command.finding });
    case 'seal':
      return decideSeal(situation, command);
    case 'admit':
      return decideAdmit(situation, command);
    case 'refuse':
      return decided({ type: 'refused', because: command.because });
    case 'comment':
      return decided({ type: 'commented', text: command.text });
    case 'approve':
      return decideApprove(situation, command);
    case 'reject':
      return decideReject(situation, command);
    case 'review-glass':
      return decideReview(situation, command);
    case 'withdraw':
      return decideWithdraw(situation, command);
    case 'supersede':
      return decided({ type: 'superseded', by: command.by });
    case 'expire':
      return decideExpire(situation);
    case 'reconcile':
      return decideReconcile(situation, command);
    case 'destroy-secrets':
      return decided({ type: 'secrets-destroyed', ...command.destroyed });
    case 'verify':
      return decideVerify(situation, command);
    case 'claim':
      return decideClaim(situation, command);
    case 'look':
    case 'release':
    case 'find-stale':
    case 'start':
    case 'see-output':
    case 'finish':
      return decideExecuting(situation, command);
  }
}
