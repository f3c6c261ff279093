/** What a proposal cites, with what the record says of it. */

import type { EvidenceRef } from '../../../kernel/index.ts';
import type { EventLog } from '../../../record/index.ts';
import { findRecorded } from '../find-evidence.ts';

/** One citation. */
export type EvidenceView = {
  readonly id: string;
  /** Digest of the bytes that were cited, as the bundle seals it. */
  readonly digest: string;
  /** What was read or run, as its recorder says; `null` where the record has no such bytes under this id. */
  readonly about: string | null;
};

/** Looks up what is cited, in its order. */
export async function evidenceViews(log: EventLog, cited: readonly EvidenceRef[]): Promise<readonly EvidenceView[]> {
  const views: EvidenceView[] = [];
  for (const { id, digest } of cited) {
    const recorded = await findRecorded(log, id);
    // The bundle names bytes: an entry about other bytes says nothing of them.
    const isIt = recorded?.body.digest === digest;
    views.push({ id, digest, about: isIt ? recorded.body.about : null });
  }
  return views;
}
