/** What holds here, and what to mend, for people. */

import type { Level } from '../../../compose.ts';
import { visibleLine } from '../../../kernel/index.ts';
import type { Finding } from '../doctor/finding.ts';
import type { Paint, Tone } from '../terminal.ts';
import { table } from './table.ts';

const TONES: Readonly<Record<Finding['kind'], Tone>> = { fine: 'good', warning: 'warning', broken: 'bad' };

/** Writes the level with its reasons, then every finding; what is broken comes first. */
export function renderDoctor(level: Level, findings: readonly Finding[], paint: Paint): string {
  const order: readonly Finding['kind'][] = ['broken', 'warning', 'fine'];
  const sorted = order.flatMap((kind) => findings.filter((finding) => finding.kind === kind));
  return [
    `${paint('strong', 'LEVEL')}  ${paint(level.kind === 'enforced' ? 'good' : 'warning', level.kind)}`,
    ...level.because.map((because) => `  ${visibleLine(because)}`),
    ...(level.kind === 'advisory'
      ? [paint('faint', '  countersign advises, records and catches here; see SECURITY.md for what it does not stop')]
      : []),
    '',
    ...table(
      sorted.map((finding) => [
        paint(TONES[finding.kind], finding.kind),
        visibleLine(finding.what),
        `${visibleLine(finding.detail)}${finding.mend === '' ? '' : `; ${visibleLine(finding.mend)}`}`,
      ]),
      '',
    ),
  ].join('\n');
}
