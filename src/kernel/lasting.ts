/** How long something lasts, in words that refusals can hold. */

const UNITS: readonly (readonly [name: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
];

/** Writes a duration exactly to the second, parts of one rounded up: `23 h 13 min 19 s`; `0 s` from nothing. */
export function lasting(durationMs: number): string {
  let left = Math.ceil(durationMs / 1_000);
  const words: string[] = [];
  for (const [name, seconds] of UNITS) {
    const count = Math.floor(left / seconds);
    if (count > 0) words.push(`${count} ${name}`);
    left -= count * seconds;
  }
  return words.length === 0 ? '0 s' : words.join(' ');
}
