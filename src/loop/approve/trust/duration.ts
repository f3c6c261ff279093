/** Durations as people write them. */

import { invariant } from '../../../kernel/index.ts';

const UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads `90s`, `30m`, `24h` or `7d`; the schema has proven the form. */
export function durationMs(text: string): number {
  const unitMs = UNITS_MS[text.slice(-1)];
  invariant(unitMs !== undefined, 'the schema lets only known units through');
  return Number(text.slice(0, -1)) * unitMs;
}

/** Writes a duration as people do, in the largest unit that divides it. */
export function durationText(durationInMs: number): string {
  const fitting = Object.entries(UNITS_MS).findLast(([, unitMs]) => durationInMs % unitMs === 0);
  return fitting === undefined ? `${durationInMs}ms` : `${durationInMs / fitting[1]}${fitting[0]}`;
}
