/** What follows when a person has looked at the world: a held target is released, by their word, signed or not. */

import { inState } from './in-state.ts';
import { refuseWords } from './refuse-words.ts';
import { type CommandOf, type Decided, decided, refuse, type Situation } from './situation.ts';

/**
 * Releases a held target; the note says what was found.
 *
 * A release that was recorded without a signature can be signed afterwards: whoever executes may ask for one.
 */
export function decideReconcile(situation: Situation, command: CommandOf<'reconcile'>): Decided {
  const state = inState(situation.state, command.kind, 'held', 'closed');
  const { note, through, statement, demand } = command;
  if (state.kind === 'closed' && (state.mark !== 'reconciled' || statement === undefined)) {
    return refuse(situation, 'NOT_LEGAL_NOW', {
      what: 'reconcile',
      why: state.mark === 'reconciled' ? 'it is released already' : 'it closed without being held',
      next:
        state.mark === 'reconciled'
          ? 'nothing is left to do; with `--ssh-key` you can sign the release'
          : 'nothing is left to do',
    });
  }
  const refusal = refuseWords(situation, { decision: 'reconcile', note, through, statement, demand });
  if (refusal !== undefined) return refusal;
  const reconciled = { type: 'reconciled', note, through, ...(statement === undefined ? {} : { statement }) } as const;
  return state.kind === 'closed' ? decided(reconciled) : decided(reconciled, { type: 'closed', mark: 'reconciled' });
}
