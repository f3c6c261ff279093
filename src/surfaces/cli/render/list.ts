/** Many proposals at a glance: what needs a person first. */

import { visibleLine } from '../../../kernel/index.ts';
import type { ProposalRow } from '../../../record/index.ts';
import type { Paint } from '../terminal.ts';
import { ago } from './duration.ts';
import { OUTCOME_WORDS, STATE_WORDS, VERDICT_WORDS } from './state-words.ts';
import { table } from './table.ts';

const INTENT_WIDTH = 60;

/** Writes a list as columns; says so when there is nothing. */
export function renderList(rows: readonly ProposalRow[], paint: Paint, nowMs: number): string {
  if (rows.length === 0) return 'No such proposals. countersign propose --help says how to make one';
  return table(
    rows.map((row) => cells(row, paint, nowMs)),
    '',
  ).join('\n');
}

function cells(row: ProposalRow, paint: Paint, nowMs: number): readonly string[] {
  const { state } = row;
  const words = STATE_WORDS[state.kind];
  const finished = 'outcome' in state ? state : undefined;
  const outcome = finished === undefined ? undefined : OUTCOME_WORDS[finished.outcome.kind];
  const verdict = finished?.verdicts.at(-1)?.verdict.kind;
  return [
    paint('strong', row.proposal),
    paint(words.tone, words.word),
    outcome === undefined ? paint('faint', '–') : paint(outcome.tone, outcome.word),
    verdict === undefined ? paint('faint', '–') : paint(VERDICT_WORDS[verdict].tone, VERDICT_WORDS[verdict].word),
    visibleLine(row.target),
    paint('faint', ago(row.updatedAtMs, nowMs)),
    shorten(state.kind === 'absent' ? '' : visibleLine(state.intent)),
  ];
}

function shorten(text: string): string {
  const characters = [...text];
  return characters.length <= INTENT_WIDTH ? text : `${characters.slice(0, INTENT_WIDTH - 1).join('')}…`;
}
