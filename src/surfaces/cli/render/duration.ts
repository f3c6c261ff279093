/** Durations for people: the largest unit that says something, never two. */

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
];

/** Writes a duration as `3 d`, `5 h`, `12 min`, `40 s` or `0 s`; negative ones as their size. */
export function duration(durationMs: number): string {
  const size = Math.abs(durationMs);
  for (const [unit, unitMs] of UNITS) {
    if (size >= unitMs) return `${Math.floor(size / unitMs)} ${unit}`;
  }
  return '0 s';
}

/** Writes when something was, seen from now: `12 min ago`, or `in 5 h`. */
export function ago(atMs: number, nowMs: number): string {
  return atMs <= nowMs ? `${duration(nowMs - atMs)} ago` : `in ${duration(atMs - nowMs)}`;
}
