/** What became of a proposal, for whoever made it. The id is the first word. */

import type { Refusal } from '../../../kernel/index.ts';
import { visibleLine, visibleText } from '../../../kernel/index.ts';
import type { ProposeAnswer } from '../../../loop/propose/index.ts';
import type { Paint } from '../terminal.ts';
import { countsLine } from './show.ts';
import { STATE_WORDS } from './state-words.ts';

/** Writes what became of it. */
export function proposeText(answer: Exclude<ProposeAnswer, Refusal>, paint: Paint): string {
  const id = paint('strong', answer.id);
  switch (answer.kind) {
    case 'open':
    case 'approved':
      return openText(answer, paint);
    case 'again':
      return `${id}  was proposed before and is ${STATE_WORDS[answer.state.kind].word}; nothing was planned again`;
    case 'forbidden':
      return [
        `${id}  ${paint('bad', 'refused by the policy')}, whoever would approve; nothing was changed`,
        ...answer.because.map(
          (rule) => `  ${visibleLine(rule.demand)} (${visibleLine(rule.rule)}, ${visibleLine(rule.where)})`,
        ),
      ].join('\n');
    case 'unplannable':
      return [
        `${id}  ${paint('bad', 'unplannable')}: ${visibleText(answer.why)}`,
        ...(answer.text === '' ? [] : [visibleText(answer.text).trimEnd()]),
        `  next  ${visibleText(answer.next)}`,
      ].join('\n');
  }
}

function openText(answer: Extract<ProposeAnswer, { kind: 'open' | 'approved' }>, paint: Paint): string {
  const { state, look, superseded, notes, id } = answer;
  const counts = 'counts' in state ? countsLine(state.counts, state.unpredictable, paint) : '';
  const place = 'environment' in state ? `${visibleLine(state.target)} (${state.environment})` : '';
  const hasChecks = 'checks' in state && state.checks.length > 0;
  return [
    `${paint('strong', id)}  ${place}  ${counts}`,
    ...(superseded.length === 0 ? [] : [`  takes the place of ${superseded.join(', ')}`]),
    ...notes.map((note) => paint('warning', `  ${visibleLine(note)}`)),
    ...(hasChecks
      ? []
      : [paint('warning', '  no check: the verdict can only be inconclusive, and the target will be held (--check)')]),
    ...(look.kind === 'unavailable'
      ? [paint('warning', `  nobody has looked at the world yet: ${visibleLine(look.why)}`)]
      : []),
    answer.kind === 'approved'
      ? `  approved by a standing grant; next: countersign execute ${id}`
      : `  waits for a person: countersign approve ${id} --ssh-key FILE`,
  ].join('\n');
}
