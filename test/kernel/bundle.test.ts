import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bundleDigest, compareFacts, type Fact, type HashFunction, type Manifest } from '../../src/kernel/index.ts';
import { CHECK, NOW, sha } from './examples.ts';

const sha256: HashFunction = (content) => createHash('sha256').update(content).digest('hex');

const fact = (name: string, value: Fact['value']): Fact => ({ name, role: 'version', value });

test('[KERNEL-12, L3] facts that still hold are no difference, in whatever order and layout they come', () => {
  const sealed = [fact('serial', 4), fact('backend', { type: 'local', path: '/a' })];
  const found = [fact('backend', { path: '/a', type: 'local' }), fact('serial', 4)];
  expect(compareFacts(sealed, found)).toEqual([]);
  expect(compareFacts([], [])).toEqual([]);
});

test('[KERNEL-12, L3] what changed, vanished or appeared is named with both values', () => {
  const sealed = [fact('serial', 4), fact('lineage', 'a'), fact('gone', null)];
  const found = [fact('serial', 5), fact('lineage', 'a'), fact('new', [1])];
  expect(compareFacts(sealed, found)).toEqual([
    { name: 'serial', sealed: 4, found: 5 },
    { name: 'gone', sealed: null, found: undefined },
    { name: 'new', sealed: undefined, found: [1] },
  ]);
});

test.each<[Fact['value'], Fact['value']]>([
  [4, '4'],
  [null, 'null'],
  [
    [1, 2],
    [2, 1],
  ],
  ['', null],
  [{ a: 1 }, { a: 1, b: null }],
])('[KERNEL-12, L3] %j is not %j', (before, now) => {
  expect(compareFacts([fact('a', before)], [fact('a', now)])).toEqual([{ name: 'a', sealed: before, found: now }]);
});

test('[KERNEL-12, L3] a difference is found exactly where one was made', () => {
  const world = fc.uniqueArray(fc.tuple(fc.string(), fc.integer()), { selector: ([name]) => name, maxLength: 8 });
  fc.assert(
    fc.property(world, fc.func(fc.constantFrom('keep', 'change', 'drop')), (facts, fate) => {
      const sealed = facts.map(([name, value]) => fact(name, value));
      const found = sealed
        .filter((one) => fate(one.name) !== 'drop')
        // The values are the integers of above.
        .map((one) => (fate(one.name) === 'change' ? fact(one.name, (one.value as number) + 1) : one));
      const expected = sealed.filter((one) => fate(one.name) !== 'keep').map((one) => one.name);
      expect(compareFacts(sealed, found).map((one) => one.name)).toEqual(expected);
      expect(
        compareFacts(found, sealed)
          .map((one) => one.name)
          .sort(),
      ).toEqual([...expected].sort());
    }),
  );
});

const MANIFEST: Manifest = {
  schema: 'countersign.bundle/1',
  proposal: 'p-1',
  target: 'shop',
  environment: 'production',
  driver: 'sqlite',
  intent: 'add a column',
  proposer: { kind: 'person', name: 'ann' },
  tool: { path: '/usr/bin/tool', digest: sha('1'), version: '1.0' },
  argv: ['a', '{run}'],
  directory: '/srv',
  environmentVariables: { PATH: '/usr/bin' },
  secretVariables: [],
  facts: [fact('serial', 4)],
  checks: [CHECK],
  runner: { name: 'runner-1', key: 'key', account: 'deploy' },
  blobs: [],
  previewDigest: sha('c'),
  sealedAtMs: NOW,
};

test('[L3, L4] every member of a manifest changes the digest that people approve', () => {
  const digest = bundleDigest(sha256, MANIFEST);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(bundleDigest(sha256, { ...MANIFEST })).toBe(digest);
  const others: readonly Partial<Manifest>[] = [
    { argv: ['a', '{run}', ''] },
    { environment: 'sandbox' },
    { directory: '/srv2' },
    { environmentVariables: { PATH: '/usr/bin:/bin' } },
    { tool: { ...MANIFEST.tool, digest: sha('2') } },
    { facts: [fact('serial', 5)] },
    { runner: { ...MANIFEST.runner, account: 'root' } },
    { previewDigest: sha('9') },
    { checks: [] },
  ];
  const digests = others.map((other) => bundleDigest(sha256, { ...MANIFEST, ...other }));
  expect(new Set([digest, ...digests]).size).toBe(others.length + 1);
});
