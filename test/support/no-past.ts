/** Ports of recovery for tests that recover nothing: nobody remembers an execution, and no server is asked for its lock. */

import type { PastExecutions, StateLocks } from '../../src/tools/index.ts';

/** Both of them. */
export const NO_PAST: { readonly past: PastExecutions; readonly locks: StateLocks } = {
  past: {
    find: async () => ({ kind: 'unknown', why: 'nobody remembers it', next: 'ask somebody else' }),
    sealed: async () => ({ proposal: 'p-0', facts: [] }),
    read: async () => undefined,
  },
  locks: { ask: async () => ({ kind: 'unknown', why: 'nobody is asked' }) },
};
