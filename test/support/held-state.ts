/** A proposal that is held, as far as a statement on it looks. */

import type { StateOf } from '../../src/kernel/index.ts';

/** A held proposal `p1` of the sandbox database `box`. */
export function held(): StateOf<'held'> {
  // Only these members are read.
  return {
    kind: 'held',
    proposal: 'p1',
    bundleDigest: 'b'.repeat(64),
    target: 'box',
    environment: 'sandbox',
    approvals: [],
    claim: { claim: 'claim-1' },
    outcome: { kind: 'partial' },
    verdicts: [{}],
  } as unknown as StateOf<'held'>;
}
