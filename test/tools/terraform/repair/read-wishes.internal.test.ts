/** What a proposer may ask of a state: three repairs and imports, and nothing that only looks like one. */

import { expect, test } from 'vitest';
import { readImportWish } from '../../../../src/tools/terraform/import-blocks.ts';
import { readRepairWish, repairArguments } from '../../../../src/tools/terraform/repair/repair.ts';

test('[TERRAFORM-21] a repair is read from its words', () => {
  expect(readRepairWish(['state', 'push'])).toEqual({ kind: 'push-state' });
  expect(readRepairWish(['terraform', 'untaint', 'a.b["c"]'])).toEqual({ kind: 'untaint', address: 'a.b["c"]' });
  expect(readRepairWish(['force-unlock', 'ab-12'])).toEqual({ kind: 'force-unlock', lock: 'ab-12' });
});

test.each([
  [['state', 'rm']],
  [['state', 'push', 'other.tfstate']],
  [['state', '-force', 'push']],
  [['untaint']],
  [['untaint', '-lock=false']],
  [['untaint', 'a.b', 'c.d']],
  [['force-unlock', '-force']],
  [['force-unlock', 'two words']],
  [['-target=a.b']],
  [[]],
])('[TERRAFORM-13] %j is no repair', (argv) => {
  expect(readRepairWish(argv)).toBe(undefined);
});

test('[TERRAFORM-21] a repair takes the lock, names a local state by its path, and is never forced past a newer one', () => {
  const local = { kind: 'local', statePath: '/srv/terraform.tfstate' } as const;
  expect(repairArguments({ kind: 'untaint', address: 'a.b' }, local)).toEqual([
    'untaint',
    '-no-color',
    '-lock-timeout=30s',
    '-state=/srv/terraform.tfstate',
    'a.b',
  ]);
  const pushed = { kind: 'push-state', serial: 2, lineage: 'l', into: 'l', contents: 'c' } as const;
  expect(repairArguments(pushed, local)).toEqual([
    'state',
    'push',
    '-no-color',
    '-lock-timeout=30s',
    '{run}/errored.tfstate',
  ]);
});

test('[TERRAFORM-22] an import names one managed object and its id', () => {
  expect(readImportWish('a.b=i-1')).toEqual({ address: 'a.b', id: 'i-1' });
  expect(readImportWish('module.m["x=y"].a.b[0]=id=with=equals')).toEqual({
    address: 'module.m["x=y"].a.b[0]',
    id: 'id=with=equals',
  });
});

test.each(['a.b', 'a.b=', 'a=i-1', 'data.a.b=i', 'a.b["x]=i', 'a.b=i\nj', 'a.b\n}=i', 'a.b c=i'])(
  '[TERRAFORM-22] %j is no import',
  (text) => {
    expect(readImportWish(text)).toBe(undefined);
  },
);
