import { expect, test } from 'vitest';
import { sha256 } from '../../src/adapters/index.ts';
import { canonicalJson, type EventBody, placeFact, placeOf } from '../../src/kernel/index.ts';
import { examineBlobs, nameBlobs, noBlobs } from '../../src/record/examine-blobs.ts';
import { sealed } from '../kernel/examples.ts';

const FACT = placeFact({ kind: 'sqlite', path: '/srv/shop.db' });
const TOLD = placeOf(sha256, [FACT]);

/** What verification says of a bundle with some facts whose entry says a place. */
async function examined(manifest: unknown, place: string | undefined): Promise<string | undefined> {
  const content = new TextEncoder().encode(typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
  const preview = new TextEncoder().encode('{}');
  const bundleDigest = sha256(content);
  const body: EventBody = { type: 'sealed', ...sealed({ bundleDigest, previewDigest: sha256(preview), place }) };
  const named = noBlobs();
  nameBlobs(named, 7, body);
  const get = async (digest: string): Promise<Uint8Array> => (digest === bundleDigest ? content : preview);
  const problem = await examineBlobs(sha256, named, { get });
  return problem === undefined ? undefined : `${problem.kind} ${problem.seq}: ${problem.what}`;
}

test('[RECORD-31, L3] an entry that says another place than its bundle tells, or none, or one too many, is named', async () => {
  const bad = 'bad-place 7: the place in entry 7 is not the one that the facts of its bundle tell';
  expect(await examined({ facts: [FACT], blobs: [] }, TOLD)).toBe(undefined);
  expect(await examined({ facts: [FACT], blobs: [] }, undefined)).toBe(bad);
  expect(await examined({ facts: [FACT], blobs: [] }, 'e'.repeat(64))).toBe(bad);
  expect(await examined({ facts: [], blobs: [] }, TOLD)).toBe(bad);
  expect(await examined({ facts: [], blobs: [] }, undefined)).toBe(undefined);
  expect(await examined({ facts: [placeFact(null)], blobs: [] }, undefined)).toBe(undefined);
  expect(await examined('no manifest', undefined)).toBe(undefined);
  expect(await examined('no manifest', TOLD)).toBe(bad);
});

test('[KERNEL-28] a place is told by its fact alone, in a domain of its own, however its members are ordered', () => {
  expect(TOLD).toBe(
    sha256(canonicalJson({ schema: 'countersign.place/1', place: { path: '/srv/shop.db', kind: 'sqlite' } })),
  );
  expect(placeOf(sha256, [{ name: 'sqlite.path', value: '/srv/shop.db' }])).toBe(undefined);
  expect(placeOf(sha256, [{ name: 'other', value: 1 }, FACT])).toBe(TOLD);
});
