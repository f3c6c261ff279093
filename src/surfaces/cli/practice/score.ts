/** The table at the end: expected beside got, and what it amounts to. */

import { EXIT, type ExitCode } from '../../../kernel/index.ts';
import { table } from '../render/table.ts';
import type { Paint, Tone } from '../terminal.ts';
import type { Row } from './act.ts';

const ENDS: Readonly<Record<Row['end'], readonly [Tone, string]>> = {
  'as-expected': ['good', 'as expected'],
  different: ['bad', 'DIFFERENT'],
  'not-reached': ['warning', 'not reached'],
  skipped: ['warning', 'skipped'],
};

/** Writes the table, a line each, and names every difference below it. */
export function renderScore(rows: readonly Row[], paint: Paint): string {
  const lines = rows.map((row) => {
    const [tone, word] = ENDS[row.end];
    return [paint(tone, word), row.act, row.what, row.got];
  });
  const differences = rows.filter((row) => row.end === 'different');
  return [
    ...table(lines, ''),
    ...differences.map((row) => paint('bad', `${row.what}: expected ${row.expected}; got ${row.got}`)),
  ].join('\n');
}

/** Exit code of a whole play: 0 only if something was judged, everything was reached, and all was as expected. */
export function scoreExit(rows: readonly Row[]): ExitCode {
  const judged = rows.filter((row) => row.end !== 'skipped');
  return judged.length > 0 && judged.every((row) => row.end === 'as-expected') ? EXIT.done : EXIT.refused;
}
