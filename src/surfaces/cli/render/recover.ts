/** The ways back from a held target, for people: what was seen, what each does, what speaks for it, and what to type. */

import { visibleLine } from '../../../kernel/index.ts';
import type { Paint } from '../terminal.ts';
import type { RecoverView, RecoveryView } from '../view/recover-view.ts';

/** Writes the ways back. */
export function recoverText(view: RecoverView, paint: Paint): string {
  const { id, target, outcome, verdict, why } = view;
  return [
    `${paint('strong', id)}  holds ${visibleLine(target)}: ${visibleLine(why)}`,
    paint('faint', `  outcome ${outcome}, verdict ${verdict ?? 'none'}`),
    '',
    paint('strong', 'FOUND'),
    ...view.found.map((line) => `  ${visibleLine(line)}`),
    '',
    paint('strong', 'WAYS BACK'),
    ...(view.recoveries.length === 0
      ? [`  none is prepared: propose the change that puts it right with --recovers ${id}`]
      : view.recoveries.flatMap((one) => wayLines(one, paint))),
    '',
    `${paint('strong', 'NEXT')}  look at the world yourself. Propose a way back, have it approved, executed and verified, then`,
    `  countersign reconcile ${id} --through RECOVERY --note "what you found"`,
  ].join('\n');
}

function wayLines(one: RecoveryView, paint: Paint): readonly string[] {
  const subject = one.subject === null ? '' : ` ${visibleLine(one.subject)}`;
  return [
    `  ${paint(one.isPossible ? 'good' : 'warning', one.kind)}${subject}  ${one.isPossible ? '' : 'not now'}`.trimEnd(),
    `    ${visibleLine(one.what)}`,
    ...one.evidence.map((line) => paint('faint', `    seen   ${visibleLine(line)}`)),
    ...(one.whyNot === null ? [] : [`    why    ${visibleLine(one.whyNot)}`]),
    ...(one.first === null ? [] : [`    first  ${visibleLine(one.first)}`]),
    ...(one.command === null ? [] : [`    then   ${visibleLine(one.command)}`]),
  ];
}
