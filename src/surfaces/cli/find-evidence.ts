/** Finds the evidence that a proposer cites, so that a citation names bytes and not a promise. */

import { Failure } from '../../kernel/index.ts';
import type { EventLog } from '../../record/index.ts';

/** One citation. */
export type Cited = { readonly id: string; readonly digest: string };

/** Resolves every cited id to its digest. @throws Failure `NOT_FOUND` for an id that was never recorded */
export async function findEvidence(log: EventLog, ids: readonly string[]): Promise<readonly Cited[]> {
  const found: Cited[] = [];
  for (const id of ids) {
    const [event] = await log.read({ stream: `evidence:${id}`, afterSeq: 0, limit: 1 });
    if (event?.body.type !== 'evidence-recorded') {
      throw new Failure('NOT_FOUND', `there is no evidence ${id}`, {
        hint: 'countersign evidence add records some',
        where: id,
      });
    }
    found.push({ id, digest: event.body.digest });
  }
  return found;
}
