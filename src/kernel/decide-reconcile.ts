/** What follows when a person has looked at the world: a held target is released, by their word, signed or not. */

import { inState } from './in-state.ts';
import { isOtherPlace, isSamePlace } from './place.ts';
import type { ProposalState, StateOf } from './proposal.ts';
import type { Refusal } from './refusal.ts';
import { refuseWords } from './refuse-words.ts';
import { type CommandOf, type Decided, decided, refuse, type Situation } from './situation.ts';

/**
 * Releases a held target; the note says what was found.
 *
 * A release that was recorded without a signature can be signed afterwards: whoever executes may ask for one. And what was executed
 * or closed by words that an approver disowned since is released by an approver's signature alone: no verdict may ever come of it.
 */
export function decideReconcile(situation: Situation, command: CommandOf<'reconcile'>): Decided {
  const state = inState(situation.state, command.kind, 'executed', 'held', 'closed');
  const { note, through, statement, demand } = command;
  const refusal =
    refuseNothingHeld(situation, state, command) ??
    refuseRecovery(situation, state, command) ??
    refuseWords(situation, { decision: 'reconcile', note, through, statement, demand });
  if (refusal !== undefined) return refusal;
  const reconciled = { type: 'reconciled', note, through, ...(statement === undefined ? {} : { statement }) } as const;
  return state.kind === 'closed' ? decided(reconciled) : decided(reconciled, { type: 'closed', mark: 'reconciled' });
}

type Released = StateOf<'executed' | 'held' | 'closed'>;

function refuseNothingHeld(
  situation: Situation,
  state: Released,
  { statement, isDisowned }: CommandOf<'reconcile'>,
): Refusal | undefined {
  if (state.kind === 'held') return undefined;
  const isReleased = state.kind === 'closed' && state.mark === 'reconciled';
  if ((isReleased || isDisowned === true) && statement !== undefined) return undefined;
  const { why, next } = isReleased
    ? { why: 'it is released already', next: 'nothing is left to do; with `--ssh-key` you can sign the release' }
    : nothingHeld(state, isDisowned === true);
  return refuse(situation, 'NOT_LEGAL_NOW', { what: 'reconcile', why, next });
}

function nothingHeld(state: Released, isDisowned: boolean): { readonly why: string; readonly next: string } {
  if (isDisowned) {
    return {
      why: 'it rests on words that were disowned, and only an approver’s signature releases that',
      next: 'look at the world, then sign what you found: `--ssh-key FILE`',
    };
  }
  return state.kind === 'closed'
    ? { why: 'it closed without being held', next: 'nothing is left to do' }
    : { why: 'nobody has verified it yet', next: `countersign verify ${state.proposal}` };
}

// What a release names as its recovery is one: it says so itself, it was made here, and somebody else confirmed it.
function refuseRecovery(
  situation: Situation,
  held: Released,
  { through, recovery }: CommandOf<'reconcile'>,
): Refusal | undefined {
  if (through === undefined) return undefined;
  const why = refuteRecovery(held, through, recovery);
  if (why !== undefined) {
    return refuse(situation, 'WRONG_DOCUMENT', {
      what: 'reconcile',
      why: `${through} is no recovery of it: ${why}`,
      next: `name the proposal that was made with \`--recovers ${held.proposal}\`, or leave \`--through\` out`,
    });
  }
  const doubt = recovery === undefined ? undefined : doubtRecovery(recovery);
  if (doubt === undefined) return undefined;
  return refuse(situation, 'NOT_LEGAL_NOW', {
    what: 'reconcile',
    why: `${through} put nothing right yet that anybody confirmed: ${doubt}`,
    next: `countersign show ${through}`,
  });
}

function refuteRecovery(held: Released, through: string, recovery: ProposalState | undefined): string | undefined {
  if (recovery === undefined || recovery.kind === 'absent') return 'there is no such proposal';
  if (recovery.proposal !== through) return `it is ${recovery.proposal}`;
  if (recovery.recovers === undefined) return 'it does not say that it recovers anything';
  if (recovery.recovers !== held.proposal) return `it recovers ${recovery.recovers}`;
  // The target is a name that somebody chose: where both places are known, they decide.
  if (isOtherPlace(recovery, held)) return `it changed another place, whatever both call it: ${recovery.target}`;
  if (recovery.target === held.target || isSamePlace(recovery, held)) return undefined;
  return `it changed ${recovery.target}, and not ${held.target}`;
}

function doubtRecovery(recovery: ProposalState): string | undefined {
  if (recovery.kind !== 'closed') return `it is ${recovery.kind}`;
  const verdict = recovery.verdicts.at(-1)?.verdict.kind;
  return verdict === 'confirmed' ? undefined : `its verdict is ${verdict ?? 'missing'}`;
}
