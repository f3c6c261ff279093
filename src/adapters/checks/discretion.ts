/**
 * Discretion: what whoever proposes may learn of an answer before anybody has approved the question.
 *
 * Where the verifier's account may read more than the accounts that propose, every answer to a question of theirs is a way to read
 * with the verifier's eyes. Green or red is what approvers need, so that is all that is told.
 */

import type { WorkerAnswer } from '../../loop/verify/index.ts';

/** Why a file is not looked at yet. Says nothing of the file. */
export const NOT_OPEN = 'until somebody approves this, it is looked at only where every account may read it';

/** Why a command is not run. Says nothing of the files that it names. */
export const NOT_AS_SEALED = 'what it would run is not what was sealed, or may not be read';

const WITHHELD = 'what was seen is withheld until somebody approves';

/** Leaves of an answer its colour. That there is no answer is said in words of ours, which hold nothing of the world. */
export function withhold(answer: WorkerAnswer): WorkerAnswer {
  if (answer.kind === 'lost') return answer;
  const detail = answer.detail === NOT_OPEN ? NOT_OPEN : `${answer.answer}: ${WITHHELD}`;
  return { ...answer, observed: null, detail };
}
