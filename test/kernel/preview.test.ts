import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countChanges, destroysFirst, type PreviewAction, type ResourceChange } from '../../src/kernel/index.ts';

const ORDER: readonly PreviewAction[] = [
  'delete',
  'replace',
  'run',
  'create',
  'update',
  'forget',
  'move',
  'import',
  'read',
  'no-op',
];

const change = (address: string, action: PreviewAction): ResourceChange => ({ address, action, attributes: [] });

test('[KERNEL-13] what destroys comes first, and each action has its place', () => {
  const resources = [...ORDER].reverse().map((action, index) => change(`r${index}`, action));
  expect(destroysFirst(resources).map((resource) => resource.action)).toEqual(ORDER);
});

test('[KERNEL-13] within an action resources are ordered by address', () => {
  const resources = ['b', 'a', 'c'].map((address) => change(address, 'update'));
  expect(destroysFirst(resources).map((resource) => resource.address)).toEqual(['a', 'b', 'c']);
  expect(resources.map((resource) => resource.address)).toEqual(['b', 'a', 'c']);
});

test('[KERNEL-13] a replacement counts as a destruction too', () => {
  const actions: readonly PreviewAction[] = [
    ...ORDER,
    'delete',
    'replace',
    'replace',
    'create',
    'update',
    'update',
    'run',
  ];
  const counts = countChanges(actions.map((action, index) => change(`r${index}`, action)));
  expect(counts).toEqual({ destroys: 5, replaces: 3, creates: 2, updates: 3, runs: 2, others: 4 });
  expect(countChanges([])).toEqual({ destroys: 0, replaces: 0, creates: 0, updates: 0, runs: 0, others: 0 });
});

test('[KERNEL-13] ordering loses nothing, and no destruction stands behind anything else', () => {
  const resource = fc.record({ address: fc.string(), action: fc.constantFrom(...ORDER) });
  fc.assert(
    fc.property(fc.array(resource), (rows) => {
      const resources = rows.map((row) => change(row.address, row.action));
      const ordered = destroysFirst(resources);
      expect([...ordered].sort(byAll)).toEqual([...resources].sort(byAll));
      const ranks = ordered.map((row) => ORDER.indexOf(row.action));
      expect(ranks).toEqual([...ranks].sort((left, right) => left - right));
      expect(countChanges(ordered)).toEqual(countChanges(resources));
    }),
  );
});

function byAll(left: ResourceChange, right: ResourceChange): number {
  const [a, b] = [`${left.action} ${left.address}`, `${right.action} ${right.address}`];
  return a < b ? -1 : Number(a > b);
}
