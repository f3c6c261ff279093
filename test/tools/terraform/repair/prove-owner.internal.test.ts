/** Whose lock it is: what Terraform prints of a holder, and what it takes to prove that the holder is a dead execution. */

import { expect, test } from 'vitest';
import type { PastExecution } from '../../../../src/tools/index.ts';
import { holderWords, proveOwner } from '../../../../src/tools/terraform/repair/prove-owner.ts';
import { readLockInfo } from '../../../../src/tools/terraform/repair/read-lock.ts';

const SAID = `Error: Error acquiring the state lock

Error message: operation error S3: PutObject, https response error StatusCode: 412
Lock Info:
  ID:        5c1ae2d1-0000-1111-2222-333344445555
  Path:      bucket/state
  Operation: OperationTypeApply
  Who:       root@vm
  Version:   1.11.4
  Created:   2026-03-01 10:20:30.123456789 +0000 UTC
  Info:      
`;
const BEGAN_MS = Date.parse('2026-03-01T10:20:29.000Z');
const PAST: PastExecution = { kind: 'known', claim: 'c1', who: 'root@vm', startedAtMs: BEGAN_MS, aliveCount: 0 };
const PRINTED = `{"@timestamp":"2026-03-01T10:20:28Z","type":"version"}
{"@timestamp":"2026-03-01T11:20:31.500000+01:00","type":"apply_start"}
{"@timestamp":"2026-03-01T10:20:40Z","type":"apply_start"}
{"@timestamp":"2026-03-01T10:20:41Z","type":"apply_sta`;
const LOCK = {
  id: '5c1ae2d1-0000-1111-2222-333344445555',
  who: 'root@vm',
  operation: 'OperationTypeApply',
  createdAtMs: Date.parse('2026-03-01T10:20:30.123Z'),
};

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('[TERRAFORM-23] the holder of a lock is read from the words of Terraform', () => {
  expect(readLockInfo(SAID)).toEqual({ kind: 'held', lock: LOCK });
  expect(readLockInfo(SAID.replace(/^ {2}/gm, '│   '))).toMatchObject({ kind: 'held', lock: { who: 'root@vm' } });
  expect(readLockInfo(SAID.replace(/Created: .*/, 'Created: soon'))).toEqual({
    kind: 'held',
    lock: { ...LOCK, createdAtMs: undefined },
  });
  expect(readLockInfo('Error: Error acquiring the state lock')).toEqual({
    kind: 'unknown',
    why: 'Terraform says that it is locked, and not by whom',
  });
});

test('[TERRAFORM-23] a lock that was taken between the start and the first change of a dead execution is its own', () => {
  expect(proveOwner(LOCK, PAST, bytes(PRINTED))).toEqual({
    kind: 'proven',
    claim: 'c1',
    startedAtMs: BEGAN_MS,
    firstChangeAtMs: Date.parse('2026-03-01T10:20:31.501Z'),
  });
  for (const createdAtMs of [BEGAN_MS, Date.parse('2026-03-01T10:20:31.501Z')]) {
    expect(proveOwner({ ...LOCK, createdAtMs }, PAST, bytes(PRINTED))).toMatchObject({ kind: 'proven' });
  }
});

const HOLDER =
  'root@vm holds the lock 5c1ae2d1-0000-1111-2222-333344445555 since 2026-03-01T10:20:30.123Z, for OperationTypeApply';

test.each([
  {
    what: 'an unknown execution',
    past: { kind: 'unknown', why: 'nobody knows', next: 'ask' } as const,
    why: `${HOLDER}, and nobody knows`,
  },
  {
    what: 'a living process',
    past: { ...PAST, aliveCount: 2 },
    why: '2 of the processes of the execution are alive and may hold it',
  },
  { what: 'another machine', past: { ...PAST, who: 'root@other' }, why: `${HOLDER}, and this runner is root@other` },
  {
    what: 'no change that it began',
    past: PAST,
    printed: '{"@timestamp":"2026-03-01T10:20:31Z","type":"apply_complete"}',
    why: `${HOLDER}, and the execution's own output does not show that it ever had the lock`,
  },
  {
    what: 'a later start',
    past: { ...PAST, startedAtMs: LOCK.createdAtMs + 1 },
    why: `${HOLDER}, and the execution took its own between 2026-03-01T10:20:30.124Z and 2026-03-01T10:20:31.501Z`,
  },
  {
    what: 'an earlier change',
    past: PAST,
    printed: '{"@timestamp":"2026-03-01T10:20:30.100Z","type":"apply_start"}',
    why: `${HOLDER}, and the execution took its own between 2026-03-01T10:20:29.000Z and 2026-03-01T10:20:30.101Z`,
  },
])('[TERRAFORM-23] nothing is proven of $what', ({ past, printed, why }) => {
  expect(proveOwner(LOCK, past, bytes(printed ?? PRINTED))).toMatchObject({ kind: 'unproven', why });
});

test('[TERRAFORM-23, L12] a holder is named in one visible line, whatever it says of itself', () => {
  const { id } = LOCK;
  expect(holderWords({ id, who: '', operation: '', createdAtMs: undefined })).toBe(
    `somebody who gave no name holds the lock ${id} since nobody knows when, for nothing that is named`,
  );
  expect(holderWords({ ...LOCK, who: 'a\u001b[31m\nb' })).not.toMatch(/[\u001b\n]/);
  expect(proveOwner({ ...LOCK, operation: 'untaint' }, PAST, bytes(PRINTED))).toMatchObject({
    kind: 'unproven',
    why: expect.stringContaining('for untaint: that is not an apply'),
  });
});
