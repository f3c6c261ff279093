import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { othersMayPropose } from '../../../src/adapters/index.ts';
import { needs } from '../../real/needs.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

test('[VERIFY-24, L1] others may propose where anybody but this account may write to the record', async () => {
  const home = temporaryDirectory();
  const record = join(home, 'record.sqlite');
  expect(await othersMayPropose(home)).toBe(true);
  writeFileSync(record, '', { mode: 0o600 });
  chmodSync(home, 0o755);
  expect(await othersMayPropose(home)).toBe(false);
  for (const [path, open, shut] of [
    [record, 0o620, 0o600],
    [record, 0o602, 0o600],
    [home, 0o775, 0o755],
    [home, 0o757, 0o755],
  ] as const) {
    chmodSync(path, open);
    expect(await othersMayPropose(home)).toBe(true);
    chmodSync(path, shut);
    expect(await othersMayPropose(home)).toBe(false);
  }
  expect(await othersMayPropose(join(home, 'nowhere'))).toBe(true);
  // A file that anybody could write to, in a directory that nobody can pass.
  chmodSync(record, 0o666);
  for (const [mode, isOpen] of [
    [0o700, false],
    [0o710, true],
    [0o701, true],
    [0o744, false],
  ] as const) {
    chmodSync(home, mode);
    expect(await othersMayPropose(home)).toBe(isOpen);
  }
});

needs('root')('[VERIFY-24, L1] a record of another account is one that others may write to', async () => {
  const home = temporaryDirectory();
  const record = join(home, 'record.sqlite');
  writeFileSync(record, '', { mode: 0o600 });
  chmodSync(home, 0o700);
  chownSync(record, 4242, 4242);
  expect(await othersMayPropose(home)).toBe(true);
});
