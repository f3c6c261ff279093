/** The operating system's source of randomness. The one place that reads it. */

import { randomBytes, randomInt } from 'node:crypto';
import type { Random } from '../../kernel/index.ts';

const STEPS = 2 ** 32;

/** Draws from the operating system's cryptographically secure generator. */
export function systemRandom(): Random {
  return {
    bytes: (sizeBytes) => new Uint8Array(randomBytes(sizeBytes)),
    fraction: () => randomInt(STEPS) / STEPS,
  };
}
