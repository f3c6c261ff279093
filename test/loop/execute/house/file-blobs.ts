/** Blobs as files, so that several processes of a test see the same ones. */

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../../../src/adapters/hash/sha256.ts';
import { Failure } from '../../../../src/kernel/index.ts';
import type { BlobStore } from '../../../../src/record/index.ts';

/** Opens a blob store in a directory. */
export function fileBlobs(directory: string): BlobStore {
  mkdirSync(directory, { recursive: true });
  const pathOf = (digest: string): string => join(directory, digest);
  return {
    put: async (content) => {
      const digest = sha256(content);
      writeFileSync(pathOf(digest), content);
      return digest;
    },
    get: async (digest) => {
      if (!existsSync(pathOf(digest))) throw new Failure('BLOB_MISSING', digest, { hint: 'none' });
      return new Uint8Array(readFileSync(pathOf(digest)));
    },
    has: async (digest) => existsSync(pathOf(digest)),
    destroy: async (digest) => rmSync(pathOf(digest), { force: true }),
  };
}
