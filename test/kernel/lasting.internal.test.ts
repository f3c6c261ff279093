import { expect, test } from 'vitest';
import { lasting } from '../../src/kernel/lasting.ts';

test.each([
  [0, '0 s'],
  [-5, '0 s'],
  [1, '1 s'],
  [60_000, '1 min'],
  [60_001, '1 min 1 s'],
  [83_598_013, '23 h 13 min 19 s'],
  [86_400_000, '1 d'],
  [90_000_000, '1 d 1 h'],
])('[CLI-06, L13] %d ms are told as %s', (durationMs, words) => {
  expect(lasting(durationMs)).toBe(words);
});
