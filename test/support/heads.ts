/** Heads signed at an earlier moment of a record's life. */

import { sha256, systemClock } from '../../src/adapters/index.ts';
import type { Signer } from '../../src/kernel/index.ts';
import { advanceHead, type RecordSource, type SignedHead } from '../../src/record/index.ts';

/** The head that a signer would have signed when the record ended at `seq`. */
export async function headAt(source: RecordSource, seq: number, signer: Signer): Promise<SignedHead> {
  const upTo: RecordSource = {
    ...source,
    entries: async (after, limit) => (await source.entries(after, limit)).filter((entry) => entry.seq <= seq),
  };
  const memory = { recall: async () => undefined, remember: async () => undefined };
  const clock = { ...systemClock(), nowMs: () => 0 };
  const answer = await advanceHead({ source: upTo, hash: sha256, clock, signer, memory });
  if (answer.kind === 'broken') throw new TypeError(answer.problem.what);
  return answer.head;
}
