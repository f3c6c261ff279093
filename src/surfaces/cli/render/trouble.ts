/** Refusals and failures for people: what, where, why, and what next. The one place where they become text. */

import { type Failure, type Refusal, visibleLine, visibleText } from '../../../kernel/index.ts';
import type { Paint } from '../terminal.ts';

/** Writes a refusal. Nothing was done, and the text says so. */
export function renderRefusal(refusal: Refusal, paint: Paint): string {
  return [
    `${paint('bad', 'refused')}  ${visibleLine(refusal.what)}: ${visibleText(refusal.why)}`,
    `  at    ${visibleLine(refusal.where)}`,
    `  next  ${visibleText(refusal.next)}`,
    paint('faint', `  ${refusal.code}; nothing was done`),
  ].join('\n');
}

/** Writes an operational failure. */
export function renderFailure(failure: Failure, paint: Paint): string {
  return [
    `${paint('bad', 'countersign')}  ${visibleText(failure.message)}`,
    ...(failure.where === undefined ? [] : [`  at    ${visibleLine(failure.where)}`]),
    `  next  ${visibleText(failure.hint)}`,
    paint('faint', `  ${failure.code}`),
  ].join('\n');
}
