/** Many proposals at a glance: what needs a person first. */

import { visibleLine } from '../../../kernel/index.ts';
import type { Paint } from '../terminal.ts';
import { isInDoubt } from '../view/in-doubt.ts';
import type { ListedProposal } from '../view/listed-proposal.ts';
import { brokenGlass } from './broken-glass.ts';
import { uncheckedLines } from './disbelief.ts';
import { ago } from './duration.ts';
import { notExecutable, wordsByTrust } from './not-executable.ts';
import { OUTCOME_WORDS, type StateWords, VERDICT_WORDS } from './state-words.ts';
import { table } from './table.ts';
import { waitLines } from './waits.ts';
import { wordsNow } from './words-now.ts';

const INTENT_WIDTH = 60;

/** What is listed, and why signatures were not checked where they were not. */
export type Listed = { readonly listed: readonly ListedProposal[]; readonly unchecked: string | null };

/** Writes a list as columns; says so when there is nothing, and loudly when something does not hold. */
export function renderList({ listed, unchecked }: Listed, paint: Paint, nowMs: number): string {
  if (listed.length === 0) return 'No such proposals. countersign propose --help says how to make one';
  const rows = listed.map((one) => cells(one, paint, nowMs));
  return [
    ...disbelieved(listed, paint),
    ...uncheckedLines(unchecked, paint),
    ...table(rows, ''),
    ...listed.flatMap((one) => standingLines(one, paint)),
  ].join('\n');
}

function disbelieved(listed: readonly ListedProposal[], paint: Paint): readonly string[] {
  const odd = listed.filter(({ trouble }) => isInDoubt(trouble));
  if (odd.length === 0) return [];
  return [
    `${paint('bad', 'NOT BELIEVED')}  what the record says of ${odd.map(({ id }) => visibleLine(id)).join(', ')} does not hold; countersign show ID says why`,
    '  next  find out who can write to the record: countersign record verify',
  ];
}

function standingLines(one: ListedProposal, paint: Paint): readonly string[] {
  const { id, target, executable, waitsFor, glass } = one;
  return [...brokenGlass(glass, paint), ...notExecutable(executable, paint), ...waitLines(waitsFor, target, paint)].map(
    (line) => `${paint('strong', id)}${line}`,
  );
}

function cells(one: ListedProposal, paint: Paint, nowMs: number): readonly string[] {
  const words = wordsByTrust(wordsNow(one.waiting, nowMs), one.executable);
  return [
    paint('strong', one.id),
    one.trouble.length === 0 ? paint(words.tone, stateWord(one, words.word)) : paint('bad', `${words.word}?`),
    cell(one.forged.outcome, one.outcome === null ? undefined : OUTCOME_WORDS[one.outcome], paint),
    cell(one.forged.verdict, one.verdict === null ? undefined : VERDICT_WORDS[one.verdict], paint),
    visibleLine(one.target),
    paint('faint', ago(one.updatedAtMs, nowMs)),
    shorten(visibleLine(one.intent ?? '')),
  ];
}

// Without colours, too, `approved` must not stand there as if it could be executed.
function stateWord({ executable }: ListedProposal, word: string): string {
  return executable === null || executable.answer === 'yes'
    ? word
    : `${word}, ${executable.answer === 'no' ? 'not executable' : 'not known if executable'}`;
}

function cell(isForged: boolean, words: StateWords | undefined, paint: Paint): string {
  if (isForged) return paint('bad', 'FORGED');
  return words === undefined ? paint('faint', '–') : paint(words.tone, words.word);
}

function shorten(text: string): string {
  const characters = [...text];
  return characters.length <= INTENT_WIDTH ? text : `${characters.slice(0, INTENT_WIDTH - 1).join('')}…`;
}
