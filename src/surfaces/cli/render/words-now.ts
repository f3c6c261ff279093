/** What a state is called now: the one place where `list`, `show` and `doctor` learn that a time ran out. */

import { type Waiting, whatRanOut } from '../view/what-ran-out.ts';
import { STATE_WORDS, type StateWords } from './state-words.ts';

/** The words of a state, or those of what it has become although nobody recorded it. */
export function wordsNow(waiting: Waiting, nowMs: number): StateWords {
  switch (whatRanOut(waiting, nowMs)) {
    case 'proposal':
      return {
        word: STATE_WORDS.expired.word,
        tone: 'faint',
        meaning: 'its time ran out; nothing was changed, and it can not be executed',
      };
    case 'approvals':
      return {
        word: 'lapsed',
        tone: 'warning',
        meaning: 'its approvals ran out; it can not be executed until it is approved again',
      };
    case null:
      return STATE_WORDS[waiting.state];
  }
}
