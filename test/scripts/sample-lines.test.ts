/** A sample is worth something only when every line had the same chance, and when it can be drawn again. */

import { expect, test } from 'vitest';
import { sampleLines } from '../../scripts/sample-lines.ts';

const FILES = Array.from({ length: 200 }, (_, index) => ({ path: `src/kernel/file-${index}.ts`, lines: 100 }));

test('[HOUSE-11] everything is drawn at 100 percent, in windows that meet and end with the file', () => {
  expect(sampleLines([{ path: 'src/a.ts', lines: 30 }], 100, 1)).toEqual([
    'src/a.ts:1-12',
    'src/a.ts:13-24',
    'src/a.ts:25-30',
  ]);
  expect(sampleLines([{ path: 'src/a.ts', lines: 0 }], 100, 1)).toEqual([]);
});

test('[HOUSE-11] the same seed draws the same lines, another one others, and the share is as asked', () => {
  const drawn = sampleLines(FILES, 20, 1);
  expect(sampleLines(FILES, 20, 1)).toEqual(drawn);
  expect(sampleLines(FILES, 20, 2)).not.toEqual(drawn);
  // 1,800 windows: 360 expected, and six standard deviations are 102.
  expect(drawn.length).toBeGreaterThan(258);
  expect(drawn.length).toBeLessThan(462);
});

test('[HOUSE-11] no place in a file is preferred', () => {
  const drawn = sampleLines(FILES, 50, 3);
  for (const window of ['1-12', '49-60', '97-100']) {
    const share = drawn.filter((one) => one.endsWith(`:${window}`)).length;
    expect(share).toBeGreaterThan(60);
    expect(share).toBeLessThan(140);
  }
});
