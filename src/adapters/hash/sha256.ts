/** SHA-256, handed to the kernel, which owns no cryptography. */

import { hash } from 'node:crypto';
import type { Sha256Hex } from '../../kernel/index.ts';

/** Digests bytes, or a text's UTF-8 bytes, with SHA-256. */
export function sha256(content: Uint8Array | string): Sha256Hex {
  return hash('sha256', content, 'hex');
}
