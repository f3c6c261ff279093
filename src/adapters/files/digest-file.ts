/** Digests a file in pieces: programs and providers have hundreds of megabytes, and nobody needs them in memory. */

import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Sha256Hex } from '../../kernel/index.ts';

const PIECE_BYTES = 1024 * 1024;

/** Reads from where the handle stands to the end, however long the file grows meanwhile. @returns `undefined` beyond `maxBytes` */
export async function digestFile(handle: FileHandle, maxBytes: number): Promise<Sha256Hex | undefined> {
  const hash = createHash('sha256');
  const piece = new Uint8Array(PIECE_BYTES);
  let sizeBytes = 0;
  for (;;) {
    const { bytesRead } = await handle.read(piece, 0, PIECE_BYTES, null);
    if (bytesRead === 0) return hash.digest('hex');
    sizeBytes += bytesRead;
    if (sizeBytes > maxBytes) return undefined;
    hash.update(piece.subarray(0, bytesRead));
  }
}
