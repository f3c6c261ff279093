import { expect, test } from 'vitest';
import { sha256 } from '../../../../src/adapters/index.ts';
import { canonicalJson, type Json, type Preview, type StateOf } from '../../../../src/kernel/index.ts';
import { readSealed } from '../../../../src/loop/approve/index.ts';
import { readPreview } from '../../../../src/tools/index.ts';

const PREVIEW: Preview = {
  schema: 'countersign.preview/1',
  driver: 'argv',
  counts: { destroys: 0, replaces: 0, creates: 0, updates: 0, runs: 1, others: 0 },
  resources: [{ address: 'command', action: 'run', attributes: [] }],
  unpredictable: [{ address: 'command', what: 'command', text: 'true' }],
  text: '',
  notes: [],
};

const bytes = (document: object): Uint8Array => new TextEncoder().encode(canonicalJson(document as Json));

test('[APPROVE-19, L3] a preview is read from bytes that have the digest, and from no others', () => {
  const content = bytes(PREVIEW);
  expect(readPreview(sha256, content, sha256(content))).toEqual(PREVIEW);
  expect(() => readPreview(sha256, content, 'f'.repeat(64))).toThrow(
    expect.objectContaining({ code: 'BLOB_CORRUPT', message: expect.stringContaining('another digest') }),
  );
});

test('[APPROVE-19, L12] what this version can not show is not shown at all', () => {
  for (const odd of [{ ...PREVIEW, extra: 1 }, { ...PREVIEW, counts: { ...PREVIEW.counts, destroys: -1 } }, { a: 1 }]) {
    const content = bytes(odd);
    expect(() => readPreview(sha256, content, sha256(content))).toThrow(
      expect.objectContaining({ code: 'BLOB_CORRUPT', message: expect.stringContaining('understands') }),
    );
  }
  const broken = new Uint8Array([0xff, 0xfe]);
  expect(() => readPreview(sha256, broken, sha256(broken))).toThrow(expect.objectContaining({ code: 'BLOB_CORRUPT' }));
});

const MANIFEST = {
  schema: 'countersign.bundle/1',
  proposal: 'p-1',
  target: 'web',
  environment: 'production',
  driver: 'argv',
  intent: 'pay the bills',
  proposer: { kind: 'agent', name: 'claude', person: 'dora', session: 's-1' },
  argv: ['sh', '-c', 'true'],
  directory: '/srv/shop',
  previewDigest: sha256(bytes(PREVIEW)),
  runner: { name: 'local', account: 'deployer' },
  checks: [{ id: 'one' }],
  facts: [
    { name: 'sqlite.path', role: 'binding', value: '/srv/shop.db' },
    { name: 'tool.digest', role: 'version', value: 'x' },
    { name: 'sqlite.application-id', role: 'binding', value: 0 },
  ],
};

function shelf(...contents: readonly Uint8Array[]): Parameters<typeof readSealed>[0] {
  const kept = new Map(contents.map((content) => [sha256(content), content]));
  return {
    hash: sha256,
    blobs: {
      put: async () => '',
      get: async (digest) => kept.get(digest) ?? new Uint8Array(),
      has: async (digest) => kept.has(digest),
      destroy: async () => undefined,
    },
  };
}

function stateOf(manifest: object): StateOf<'open'> {
  // Only these members are read.
  return {
    kind: 'open',
    proposal: 'p-1',
    target: 'web',
    environment: 'production',
    driver: 'argv',
    intent: MANIFEST.intent,
    proposer: MANIFEST.proposer,
    counts: PREVIEW.counts,
    unpredictable: 1,
    runner: 'local',
    checks: [{ id: 'one' }],
    bundleDigest: sha256(bytes(manifest)),
    previewDigest: MANIFEST.previewDigest,
  } as unknown as StateOf<'open'>;
}

test('[APPROVE-20, L3, L4] an approver is shown the preview that the bundle names', async () => {
  const answer = await readSealed(shelf(bytes(MANIFEST), bytes(PREVIEW)), stateOf(MANIFEST));
  const place = [
    { name: 'sqlite.path', value: '/srv/shop.db' },
    { name: 'sqlite.application-id', value: 0 },
  ];
  const { target, environment, driver, proposer, argv, directory, checks, facts } = MANIFEST;
  const change = { target, environment, driver, proposer, argv, directory, checks, facts };
  expect(answer).toEqual({
    kind: 'sealed',
    preview: PREVIEW,
    change,
    place,
    account: 'deployer',
    programs: [],
    evidence: [],
  });
  const digest = 'd'.repeat(64);
  const citing = {
    ...MANIFEST,
    evidence: [
      { id: 'e-1', digest },
      { id: 'e-2', digest },
    ],
  };
  const program = { check: 'one', path: '/bin/x', sha256: digest, sizeBytes: 1 };
  const running = { ...MANIFEST, checkPrograms: [program] };
  const run = await readSealed(shelf(bytes(running), bytes(PREVIEW)), stateOf(running));
  expect(run).toMatchObject({ programs: [program] });
  const cited = await readSealed(shelf(bytes(citing), bytes(PREVIEW)), stateOf(citing));
  expect(cited).toMatchObject({ place, evidence: citing.evidence });
});

test.each([
  ['proposal', { proposal: 'p-2' }],
  ['target', { target: 'db' }],
  ['environment', { environment: 'sandbox' }],
  ['driver', { driver: 'sqlite' }],
  ['intent', { intent: 'rob the bank' }],
  ['proposer', { proposer: { ...MANIFEST.proposer, name: 'mallory' } }],
  ['runner', { runner: { name: 'other' } }],
  ['recovers', { recovers: 'p-held' }],
  ['preview', { previewDigest: 'a'.repeat(64) }],
])(
  '[APPROVE-20, L3, L4] a record and a bundle that differ in %s are refused before anybody signs',
  async (what, other) => {
    const manifest = { ...MANIFEST, ...other };
    const answer = await readSealed(shelf(bytes(manifest), bytes(PREVIEW)), stateOf(manifest));
    expect(answer).toMatchObject({ kind: 'refused', code: 'PREVIEW_MISMATCH', where: 'p-1' });
    expect((answer as { why: string }).why).toContain(`the record says ${what} `);
  },
);

test('[APPROVE-20, L3] a record that shows other checks than the bundle is refused before anybody signs', async () => {
  const manifest = { ...MANIFEST, checks: [{ id: 'one', claim: 'another' }] };
  const answer = await readSealed(shelf(bytes(manifest), bytes(PREVIEW)), stateOf(manifest));
  expect(answer).toMatchObject({ code: 'PREVIEW_MISMATCH', why: 'the record names other checks than the bundle' });
});

test.each([{ counts: { ...PREVIEW.counts, destroys: 1 } }, { unpredictable: 0 }])(
  '[APPROVE-20, L3] a record that counts other changes than the preview, as %j, is refused before anybody signs',
  async (lie) => {
    const state = { ...stateOf(MANIFEST), ...lie };
    const answer = await readSealed(shelf(bytes(MANIFEST), bytes(PREVIEW)), state);
    expect(answer).toMatchObject({ code: 'PREVIEW_MISMATCH', why: 'the record counts other changes than the preview' });
  },
);

test('[APPROVE-20] a bundle that is none is refused', async () => {
  const odd = { schema: 'countersign.bundle/9' };
  const answer = await readSealed(shelf(bytes(odd)), stateOf(odd));
  expect(answer).toMatchObject({ code: 'PREVIEW_MISMATCH', why: expect.stringContaining('not one that this version') });
});
