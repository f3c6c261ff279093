/** What a pass found, for people: place by place, and as one line. */

import { visibleLine } from '../../../kernel/index.ts';
import type { Paint, Tone } from '../terminal.ts';
import type { DriftFindingView, DriftView } from '../view/drift-view.ts';

const WORDS: Readonly<Record<DriftFindingView['result'], { readonly word: string; readonly tone: Tone }>> = {
  'as-confirmed': { word: 'as confirmed', tone: 'good' },
  drifted: { word: 'drifted', tone: 'bad' },
  'changed-configuration': { word: 'changed configuration', tone: 'warning' },
  unknown: { word: 'unknown', tone: 'warning' },
  skipped: { word: 'skipped', tone: 'warning' },
};

/** Writes a pass. */
export function driftText({ findings, isCut }: DriftView, paint: Paint): string {
  const lines = findings.flatMap((one) => findingLines(one, paint));
  if (isCut) lines.push(paint('warning', 'stopped before the last place: what is not named was not looked at'));
  return lines.length === 0
    ? 'no confirmed Terraform target: there is nothing to compare the world with'
    : lines.join('\n');
}

function findingLines(one: DriftFindingView, paint: Paint): readonly string[] {
  const { word, tone } = WORDS[one.result];
  const since = one.result === 'as-confirmed' ? 'by' : 'since';
  return [
    `${paint('strong', visibleLine(one.target))}  ${paint(tone, word)}  ${since} ${visibleLine(one.confirmed)}`,
    ...one.resources.map(({ address, action }) => `  ${action}  ${visibleLine(address)}`),
    ...one.outputs.map((name) => `  output  ${visibleLine(name)}`),
    ...one.failedChecks.map((address) => `  does not hold  ${visibleLine(address)}`),
    ...one.changed.map(
      (what) => `  another one than was confirmed: ${visibleLine(what)}; a change that waits, and no drift`,
    ),
    ...(one.evidence === null ? [] : [paint('faint', `  evidence ${one.evidence.id}`)]),
    ...draftLines(one),
    ...(one.why === null ? [] : [`  ${one.result === 'drifted' ? 'no draft: ' : ''}${visibleLine(one.why)}`]),
    ...(one.next === null ? [] : [`  next  ${visibleLine(one.next)}`]),
  ];
}

function draftLines({ draft }: DriftFindingView): readonly string[] {
  if (draft === null) return [];
  return [`  ${draft.isNew ? 'opened' : 'waits already:'} ${draft.id} to put it back; it is ${draft.state}`];
}

/** Writes a pass as one line: how many of what, and which drafts wait. */
export function driftLine({ findings, isCut, atMs }: DriftView): string {
  const counts = Object.entries(WORDS).flatMap(([kind, { word }]) => {
    const count = findings.filter(({ result }) => result === kind).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  const drafts = findings.flatMap(({ draft }) => (draft === null ? [] : [draft.id]));
  return [
    new Date(atMs).toISOString(),
    counts.length === 0 ? 'no confirmed Terraform target' : counts.join(', '),
    ...(drafts.length === 0 ? [] : [`drafts ${drafts.join(', ')}`]),
    ...(isCut ? ['stopped before the last place'] : []),
  ].join('  ');
}
