import { linkSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openBlobs, sha256 } from '../../../src/adapters/index.ts';
import { type BlobsUnderTest, BLOB_STORE_CONTRACT as PROMISES } from '../../contracts/blob-store.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

function pathOf(root: string, digest: string): string {
  return join(root, digest.slice(0, 2), digest.slice(2));
}

async function fresh(): Promise<BlobsUnderTest & { readonly root: string }> {
  const root = join(temporaryDirectory(), 'blobs');
  return {
    root,
    blobs: openBlobs({ directory: root }),
    reopen: async () => openBlobs({ directory: root }),
    damage: async (digest) => {
      const bytes = readFileSync(pathOf(root, digest));
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      writeFileSync(pathOf(root, digest), bytes);
    },
  };
}

test('[BLOBS-01] bytes are kept under their digest', () => PROMISES.roundTrip(fresh, sha256));
test('[BLOBS-01] the same bytes may be put at once and again', () => PROMISES.twice(fresh));
test('[BLOBS-01] a missing blob is a failure, and only a digest names one', () => PROMISES.missing(fresh));
test('[BLOBS-01] a changed blob is found when it is read, and mended by putting it again', () =>
  PROMISES.corrupt(fresh));
test('[BLOBS-02, L11] a destroyed blob is gone', () => PROMISES.destroyed(fresh));
test('[BLOBS-01] a blob has a largest size', () => PROMISES.tooLarge(fresh));

test('[BLOBS-02, L11] the bytes of a destroyed blob are overwritten before the name goes', async () => {
  const { root, blobs } = await fresh();
  const content = new Uint8Array(3 * 1024 * 1024 + 5).fill(7);
  const digest = await blobs.put(content);
  // A second name for the same bytes outlives the first, as an open file or a snapshot would.
  linkSync(pathOf(root, digest), join(root, 'kept'));
  await blobs.destroy(digest);
  expect(readFileSync(join(root, 'kept')).equals(Buffer.alloc(content.length))).toBe(true);
});

test('[BLOBS-01, RECORD-08] blobs belong to their owner alone', async () => {
  const { root, blobs } = await fresh();
  const digest = await blobs.put(new Uint8Array([1]));
  expect(statSync(root).mode & 0o777).toBe(0o700);
  expect(statSync(join(root, digest.slice(0, 2))).mode & 0o777).toBe(0o700);
  expect(statSync(pathOf(root, digest)).mode & 0o777).toBe(0o600);
});

test('[BLOBS-03] a place that takes no writes leaves no half blob', async () => {
  const root = join(temporaryDirectory(), 'blobs');
  mkdirSync(root, { mode: 0o700 });
  const blobs = openBlobs({ directory: root });
  const digest = sha256('x');
  // A file where the directory should be: fails for root too, whom modes do not stop.
  writeFileSync(join(root, digest.slice(0, 2)), '');
  await expect(blobs.put(new TextEncoder().encode('x'))).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
  expect(readdirSync(root)).toEqual([digest.slice(0, 2)]);
});
