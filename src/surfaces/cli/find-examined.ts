/** Finds a proposal for whoever decides on it: as its own events tell it, and not at all while anything of it does not hold. */

import { Failure } from '../../kernel/index.ts';
import type { ExaminedProposal, Projections, Trouble } from '../../record/index.ts';
import { findProposal } from './find-proposal.ts';
import type { KnownState } from './view/proposal-view.ts';

/** What examining needs. */
export type ExaminingParts = {
  readonly projections: Projections;
  readonly examine: (proposal: string) => Promise<ExaminedProposal>;
};

/**
 * What an approver disowned stays in what the events amount to. Whoever signs for a change must not rest on it, so `refused`;
 * a rejection, a withdrawal or a release only ends what is there, so `accepted`.
 */
export type DisownedWords = 'refused' | 'accepted';

/**
 * Examines a proposal as `show` does. The store's summary says which proposal is meant, and nothing else: whoever may write the
 * record may have edited it.
 *
 * @throws Failure `RECORD_BROKEN` where anything of it does not hold, and as `findProposal`
 */
export async function findExamined(
  { projections, examine }: ExaminingParts,
  id: string,
  disowned: DisownedWords,
): Promise<KnownState> {
  const { proposal } = await findProposal(projections, id);
  return believedState(proposal, await examine(proposal), disowned);
}

/** Takes what the events of a proposal amount to. @throws Failure `RECORD_BROKEN` where anything of it does not hold */
export function believedState(
  proposal: string,
  { state, troubles }: ExaminedProposal,
  disowned: DisownedWords,
): KnownState {
  const doubt = troubles.find((trouble) => trouble.disowned === undefined);
  if (doubt !== undefined) throw notBelieved(proposal, doubt);
  const [left] = troubles;
  if (left !== undefined && disowned === 'refused') throw notBelieved(proposal, left);
  if (state.kind !== 'absent') return state;
  throw notBelieved(proposal, { seq: 0, what: 'nothing of it can be read', disowned: undefined });
}

function notBelieved(proposal: string, { seq, what, disowned }: Pick<Trouble, 'seq' | 'what' | 'disowned'>): Failure {
  const word = disowned === undefined ? '' : `; disowned: ${disowned}`;
  return new Failure('RECORD_BROKEN', `NOT BELIEVED: the record of ${proposal} does not hold: ${what}${word}`, {
    hint:
      disowned === undefined
        ? 'sign nothing, and execute nothing on its target; find out who wrote that: countersign record verify'
        : 'what was disowned is part of it for good: propose the change again',
    where: `entry ${seq}`,
  });
}
