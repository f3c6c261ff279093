/** Asking who holds a lock: by a name that nobody can know, and believed only where the answer is one of two. */

import { expect, test } from 'vitest';
import { readLock } from '../../../../src/tools/terraform/repair/read-lock.ts';
import { NO_PAST } from '../../../support/no-past.ts';

type Parts = Parameters<typeof readLock>[0];

/** What is made of an answer of Terraform, and what it was asked. */
async function answerTo(code: number, stdout: string, stderr = '', byte = 0) {
  const asked: string[] = [];
  const bytes = (text: string) => new TextEncoder().encode(text);
  const processes = {
    run: async ({ args }: { readonly args: readonly string[] }) => {
      asked.push(args.at(-1) ?? '');
      return { end: { kind: 'exited', code }, stdout: bytes(stdout), stderr: bytes(stderr) };
    },
  };
  const random = { bytes: (count: number) => new Uint8Array(count).fill(byte), fraction: () => 0 };
  // Only processes, randomness and locks are asked of the parts.
  const parts = { ...NO_PAST, random, processes } as unknown as Parts;
  const backend = { kind: 'remote', type: 's3', identity: {} } as const;
  const working = { directory: '/w', dataDirectory: '/w/.terraform', workspace: 'default', backend };
  return { answer: await readLock(parts, { tool: { path: '/bin/terraform' }, working, environment: {} }), asked };
}

const NOBODY = 'Warning: No such resource instance\n\nResource instance x was not found';

test('[TERRAFORM-23] the object that is asked for has another name at every look', async () => {
  expect((await answerTo(0, NOBODY, '', 0)).asked).toEqual([`terraform_data.countersign_asks_${'00'.repeat(16)}`]);
  expect((await answerTo(0, NOBODY, '', 255)).asked).toEqual([`terraform_data.countersign_asks_${'ff'.repeat(16)}`]);
});

test('[TERRAFORM-23, L6] a lock is free only where Terraform found nothing, and anything else is not told', async () => {
  expect((await answerTo(0, NOBODY)).answer).toEqual({ kind: 'free' });
  expect((await answerTo(0, 'it has been untainted')).answer).toEqual({ kind: 'untold', why: 'it has been untainted' });
  expect((await answerTo(1, '', 'Error: Unreadable module directory')).answer).toEqual({
    kind: 'untold',
    why: 'Unreadable module directory',
  });
  expect((await answerTo(1, '', 'Error: Error acquiring the state lock')).answer).toEqual({
    kind: 'unknown',
    why: 'Terraform says that it is locked, and not by whom',
  });
});
