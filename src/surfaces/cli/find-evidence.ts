/** Finds recorded evidence, so that a citation names bytes and not a promise. */

import { type EvidenceRecorded, Failure, visibleLine } from '../../kernel/index.ts';
import type { EventLog, RecordedEvent } from '../../record/index.ts';

/** One citation. */
export type Cited = { readonly id: string; readonly digest: string };

/** The entry that recorded some evidence. */
export type RecordedEvidence = RecordedEvent & { readonly body: EvidenceRecorded };

/** Finds the entry of an id; `undefined` when none has it. */
export async function findRecorded(log: EventLog, id: string): Promise<RecordedEvidence | undefined> {
  const [event] = await log.read({ stream: `evidence:${id}`, afterSeq: 0, limit: 1 });
  return event !== undefined && isRecorded(event) ? event : undefined;
}

function isRecorded(event: RecordedEvent): event is RecordedEvidence {
  return event.body.type === 'evidence-recorded';
}

/** The failure for an id that nothing was recorded under. */
export function noEvidence(id: string): Failure {
  return new Failure('NOT_FOUND', `there is no evidence ${visibleLine(id)}`, {
    hint: 'countersign evidence add records some',
    where: visibleLine(id),
  });
}

/** Resolves every cited id to its digest. @throws Failure `NOT_FOUND` for an id that was never recorded */
export async function findEvidence(log: EventLog, ids: readonly string[]): Promise<readonly Cited[]> {
  const found: Cited[] = [];
  for (const id of ids) {
    const recorded = await findRecorded(log, id);
    if (recorded === undefined) throw noEvidence(id);
    found.push({ id, digest: recorded.body.digest });
  }
  return found;
}
