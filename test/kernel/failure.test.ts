import { expect, test } from 'vitest';
import { EXIT, FAILURES, Failure, type FailureCode, invariant, isFailure } from '../../src/kernel/index.ts';

test('[KERNEL-14, L13] a failure says what happened, where, why and what to do next', () => {
  const cause = new TypeError('disk');
  const failure = new Failure('STORE_WRITE_FAILED', 'the disk is full', {
    hint: 'free some space',
    where: '/a',
    cause,
  });
  expect(failure).toMatchObject({
    name: 'Failure',
    code: 'STORE_WRITE_FAILED',
    message: 'the disk is full',
    hint: 'free some space',
    where: '/a',
    exitCode: 1,
  });
  expect(failure.cause).toBe(cause);
  const bare = new Failure('USAGE', 'a', { hint: 'b' });
  expect(bare.where).toBeUndefined();
  expect('cause' in bare).toBe(false);
});

test('[KERNEL-14] exit codes are those that the manual promises', () => {
  expect(EXIT).toEqual({
    done: 0,
    refused: 1,
    usage: 2,
    waiting: 3,
    partial: 4,
    indeterminate: 5,
    integrity: 6,
    refuted: 7,
    bug: 70,
    interrupted: 130,
  });
});

const CODES: readonly (readonly [FailureCode, number])[] = [
  ['USAGE', 2],
  ['CONFIG_INVALID', 2],
  ['CONFIG_MISSING', 2],
  ['KEY_UNREADABLE', 2],
  ['KEY_EXPOSED', 2],
  ['TRUST_UNSIGNED', 1],
  ['TRUST_MISSING', 2],
  ['TRUST_HISTORY_BROKEN', 6],
  ['NOT_FOUND', 2],
  ['AMBIGUOUS_ID', 2],
  ['TOOL_MISSING', 2],
  ['TOOL_FAILED', 1],
  ['SANDBOX_UNAVAILABLE', 1],
  ['STORE_BUSY', 1],
  ['STORE_UNREADABLE', 1],
  ['STORE_WRITE_FAILED', 1],
  ['CONTENTION', 1],
  ['BLOB_MISSING', 6],
  ['BLOB_CORRUPT', 6],
  ['BLOB_TOO_LARGE', 2],
  ['SECRET_DESTROYED', 1],
  ['DECRYPTION_FAILED', 1],
  ['RECORD_BROKEN', 6],
  ['RECORD_ROLLED_BACK', 6],
  ['TRUST_ROLLED_BACK', 1],
  ['EVENT_UNREADABLE', 6],
  ['SIGNING_FAILED', 1],
  ['RUNNER_UNKNOWN', 1],
  ['RUNNER_BUSY', 1],
  ['LEDGER_WRITE_FAILED', 1],
  ['VERIFIER_UNAVAILABLE', 3],
  ['REFUSED', 1],
  ['INTERRUPTED', 130],
];

test.each(CODES)('[KERNEL-14] %s ends a command with %i', (code, exitCode) => {
  expect(new Failure(code, 'a', { hint: 'b' }).exitCode).toBe(exitCode);
});

test('[KERNEL-14] every code is in the table above', () => {
  expect(CODES.map(([code]) => code).sort()).toEqual(Object.keys(FAILURES).sort());
});

test('[KERNEL-14] a bug is neither a failure nor an answer', () => {
  expect(() => invariant(true, 'never')).not.toThrow();
  let thrown: unknown;
  try {
    invariant(false, 'two and two are five');
  } catch (bug) {
    thrown = bug;
  }
  expect(thrown).toMatchObject({ name: 'BrokenInvariant', message: 'bug: two and two are five' });
  expect(isFailure(thrown)).toBe(false);
  expect(isFailure(new Failure('USAGE', 'a', { hint: 'b' }))).toBe(true);
  expect(isFailure(undefined)).toBe(false);
});
