/** Says loudly what of a proposal does not hold, before anything else is said of it. */

import { visibleLine } from '../../../kernel/index.ts';
import type { Paint } from '../terminal.ts';
import { isInDoubt } from '../view/in-doubt.ts';
import type { ProposalView } from '../view/proposal-view.ts';
import type { TroubleView } from '../view/trouble-view.ts';
import type { StateWords } from './state-words.ts';

const MOST_NAMED = 8;

/** The command that says everything about it. */
const VERIFY = 'countersign record verify';

/** The lines at the top: what does not hold and which entry, or that nobody looked; nothing when all is well. */
export function disbelief(view: ProposalView, paint: Paint): readonly string[] {
  return [...troubleLines(view, paint), ...uncheckedLines(view.unchecked, paint)];
}

function troubleLines({ trouble }: ProposalView, paint: Paint): readonly string[] {
  if (trouble.length === 0) return [];
  const left = trouble.length - MOST_NAMED;
  return [
    `${paint('bad', 'NOT BELIEVED')}  the record of this proposal does not hold; what rests on it is shown neither as an outcome nor as a verdict`,
    ...trouble.slice(0, MOST_NAMED).map(troubleLine),
    ...(left > 0 ? [paint('faint', `  and ${left} more: --json has all`)] : []),
    ...(isInDoubt(trouble) ? [`  next  execute nothing on its target; find out who wrote that: ${VERIFY}`] : []),
  ];
}

function troubleLine({ seq, what, disowned }: TroubleView): string {
  const word = disowned === null ? '' : `; disowned: ${visibleLine(disowned)}`;
  return `  entry ${seq}: ${visibleLine(what)}${word}`;
}

/** Says that signatures were not checked, and why. */
export function uncheckedLines(why: string | null, paint: Paint): readonly string[] {
  if (why === null) return [];
  return [`${paint('warning', 'NOT CHECKED')}  signatures were not checked: ${visibleLine(why)}`];
}

/** The line in the place of an outcome or a verdict that does not hold. */
export function forgedLine(what: 'OUTCOME' | 'VERDICT', said: { seq: number; word: string }, paint: Paint): string {
  return `${paint('strong', what)}  ${paint('bad', 'FORGED')}  entry ${said.seq} says "${visibleLine(said.word)}", and it does not hold`;
}

/** How a state is shown while something of it does not hold. */
export function doubted(words: StateWords, view: ProposalView): StateWords {
  if (view.trouble.length === 0) return words;
  return { ...words, tone: 'bad', meaning: 'so its entries say, and not all of them hold' };
}

/** The next step while something does not hold. */
export function nextInDoubt(view: ProposalView): string | undefined {
  return !isInDoubt(view.trouble) ? undefined : `find out who can write to the record: ${VERIFY}`;
}
