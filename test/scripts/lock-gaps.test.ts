import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type LockEntry, lockGaps } from '../../scripts/lock-gaps.ts';

const lock: { readonly packages: Readonly<Record<string, LockEntry>> } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8'),
);

test('[HOUSE-06, L9] the lock file has every platform package, and the gate looked at many', () => {
  const report = lockGaps(lock.packages);
  expect(report.looked).toBeGreaterThan(50);
  expect(report.gaps).toEqual([]);
});

test('[HOUSE-06, L9] a platform package that the lock file lacks is named', () => {
  const { 'node_modules/@biomejs/cli-darwin-arm64': taken, ...rest } = lock.packages;
  expect(taken).toBeDefined();
  expect(lockGaps(rest).gaps).toEqual([
    `node_modules/@biomejs/biome wants @biomejs/cli-darwin-arm64@${taken?.version}, the lock has none`,
  ]);
});

test('[HOUSE-06] another version than the pinned one is a gap, a nested one is found', () => {
  const packages: Readonly<Record<string, LockEntry>> = {
    '': { optionalDependencies: { top: '1.0.0' } },
    'node_modules/top': { version: '1.0.1' },
    'node_modules/a': { optionalDependencies: { inner: '2.0.0', outer: '3.0.0', wide: '^4.0.0' } },
    'node_modules/a/node_modules/inner': { version: '2.0.0' },
    'node_modules/inner': { version: '9.9.9' },
    'node_modules/outer': { version: '3.0.0' },
    'node_modules/wide': { version: '4.7.0' },
  };
  expect(lockGaps(packages)).toEqual({
    looked: 4,
    gaps: ['the package itself wants top@1.0.0, the lock has 1.0.1'],
  });
});
