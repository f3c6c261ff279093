/** SHA-256, handed to the kernel's digests: the kernel owns no cryptography. */

import { createHash } from 'node:crypto';
import type { HashFunction } from '../../kernel/index.ts';

/** SHA-256 as lower-case hexadecimal; texts by their UTF-8 bytes. */
export const sha256Hex: HashFunction = (content) => createHash('sha256').update(content).digest('hex');
