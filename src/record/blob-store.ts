/** The port of content-addressed bytes: previews, plans, output, evidence. */

import type { Sha256Hex } from '../kernel/index.ts';

/** Keeps bytes by their digest. */
export interface BlobStore {
  /** Durable when it resolves. Putting the same bytes again is silent. @throws Failure `STORE_WRITE_FAILED`, `BLOB_TOO_LARGE` (over 256 MiB) */
  put(content: Uint8Array): Promise<Sha256Hex>;
  /** The bytes, digest checked. @throws Failure `BLOB_MISSING`, `BLOB_CORRUPT` */
  get(digest: Sha256Hex): Promise<Uint8Array>;
  has(digest: Sha256Hex): Promise<boolean>;
  /** Overwrites and removes the bytes. Silent when there are none. */
  destroy(digest: Sha256Hex): Promise<void>;
}
