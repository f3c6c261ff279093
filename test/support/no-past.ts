/** Ports of recovery for tests that recover nothing: nobody remembers an execution, and no server is asked for its lock. */

import type { Random } from '../../src/kernel/index.ts';
import type { PastExecutions, StateLocks } from '../../src/tools/index.ts';

/** Both of them. */
export const NO_PAST: { readonly past: PastExecutions; readonly locks: StateLocks; readonly random: Random } = {
  past: {
    find: async () => ({ kind: 'unknown', why: 'nobody remembers it', next: 'ask somebody else' }),
    sealed: async () => ({ proposal: 'p-0', facts: [] }),
    read: async () => undefined,
  },
  random: { bytes: (count) => new Uint8Array(count), fraction: () => 0 },
  locks: { ask: async () => ({ kind: 'unknown', why: 'nobody is asked' }) },
};
