/** What every store of blobs must do. Another adapter passes it unchanged: call it with a factory. */

import fc from 'fast-check';
import { expect } from 'vitest';
import type { HashFunction } from '../../src/kernel/index.ts';
import type { BlobStore } from '../../src/record/index.ts';

/** An empty store, and a way to damage what it keeps. */
export type BlobsUnderTest = {
  readonly blobs: BlobStore;
  /** Another view of the same store, as a second process would have. */
  reopen(): Promise<BlobStore>;
  /** Changes one kept byte. */
  damage(digest: string): Promise<void>;
};

type Fresh = () => Promise<BlobsUnderTest>;

const ABSENT = 'f'.repeat(64);

/** The promises, by name; the test file gives each its title. */
export const BLOB_STORE_CONTRACT = {
  async roundTrip(fresh: Fresh, hash: HashFunction) {
    const under = await fresh();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3_000 }), async (content) => {
        const digest = await under.blobs.put(content);
        expect(digest).toBe(hash(content));
        expect(await under.blobs.get(digest)).toEqual(content);
        expect(await (await under.reopen()).has(digest)).toBe(true);
      }),
      { numRuns: 20 },
    );
  },

  async twice(fresh: Fresh) {
    const { blobs } = await fresh();
    const content = new TextEncoder().encode('the same');
    const digests = await Promise.all([blobs.put(content), blobs.put(content), blobs.put(content)]);
    expect(new Set(digests).size).toBe(1);
    expect(await blobs.get(digests[0])).toEqual(content);
  },

  async missing(fresh: Fresh) {
    const { blobs } = await fresh();
    expect(await blobs.has(ABSENT)).toBe(false);
    await expect(blobs.get(ABSENT)).rejects.toMatchObject({ code: 'BLOB_MISSING' });
    await expect(blobs.get('../../etc/passwd')).rejects.toThrow('bug: a blob is named by its SHA-256');
  },

  async corrupt(fresh: Fresh) {
    const { blobs, damage } = await fresh();
    const content = new TextEncoder().encode('evidence');
    const digest = await blobs.put(content);
    await damage(digest);
    await expect(blobs.get(digest)).rejects.toMatchObject({ code: 'BLOB_CORRUPT' });
    await blobs.put(content);
    expect(await blobs.get(digest)).toEqual(content);
  },

  async destroyed(fresh: Fresh) {
    const { blobs } = await fresh();
    const digest = await blobs.put(new TextEncoder().encode('secret'));
    await blobs.destroy(digest);
    expect(await blobs.has(digest)).toBe(false);
    await expect(blobs.get(digest)).rejects.toMatchObject({ code: 'BLOB_MISSING' });
    await blobs.destroy(digest);
    expect(await blobs.put(new TextEncoder().encode('secret'))).toBe(digest);
  },

  async tooLarge(fresh: Fresh) {
    const { blobs } = await fresh();
    await expect(blobs.put(new Uint8Array(256 * 1024 * 1024 + 1))).rejects.toMatchObject({ code: 'BLOB_TOO_LARGE' });
  },
} as const;
