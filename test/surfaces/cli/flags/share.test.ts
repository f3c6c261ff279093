import { expect, test } from 'vitest';
import { Failure } from '../../../../src/kernel/index.ts';
import { readShare } from '../../../../src/surfaces/cli/flags/share.ts';

test('[RECORD-20] a share is read as it is typed', () => {
  expect(readShare('1/2')).toEqual({ part: 1, of: 2 });
  expect(readShare('64/64')).toEqual({ part: 64, of: 64 });
});

test.each(['', '0/2', '3/2', '1/0', '1/65', '1/2/3', ' 1/2', '1', 'a/b', '-1/2', '100/100'])(
  '[RECORD-20] %j is no share',
  (text) => {
    expect(() => readShare(text)).toThrow(Failure);
    expect(() => readShare(text)).toThrow(`${JSON.stringify(text)} is no share`);
  },
);
