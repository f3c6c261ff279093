/** Durations as people type them. */

import { Failure } from '../../../kernel/index.ts';

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads how long to wait before the next time: a second at least. @throws Failure `USAGE` */
export function readPause(text: string): number {
  const pauseMs = readDuration(text);
  if (pauseMs > 0) return pauseMs;
  throw new Failure('USAGE', 'nothing can be done again without a pause', { hint: 'write it as 40s, 10m, 1h or 2d' });
}

/** Reads `40s`, `10m`, `1h` or `2d`. @throws Failure `USAGE` */
export function readDuration(text: string): number {
  const found = /^(\d{1,6})([smhd])$/.exec(text);
  const unitMs = found?.[2] === undefined ? undefined : UNITS_MS[found[2]];
  if (found?.[1] !== undefined && unitMs !== undefined) return Number(found[1]) * unitMs;
  throw new Failure('USAGE', `${JSON.stringify(text)} is no duration`, { hint: 'write it as 40s, 10m, 1h or 2d' });
}
