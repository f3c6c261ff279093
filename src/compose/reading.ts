/** Composed for reading and for saying something of a proposal: the record, and nothing that can act. */

import type { Agent, Person, Preview, Random } from '../kernel/index.ts';
import type { BlobStore, EventLog, EvidenceLog, Journal, Projections } from '../record/index.ts';
import { readPreview } from '../tools/index.ts';
import { type Base, openRecord } from './base.ts';

/** The record for readers. */
export type Reading = {
  readonly log: EventLog;
  readonly evidence: EvidenceLog;
  readonly projections: Projections;
  readonly journal: Journal;
  readonly blobs: BlobStore;
  readonly caller: Person | Agent;
  readonly random: Random;
  /** The sealed preview, digest checked; `undefined` when its blob is gone. @throws Failure `BLOB_CORRUPT` */
  readonly readPreview: (digest: string) => Promise<Preview | undefined>;
};

/** Composes the record for readers. */
export async function composeReading(base: Base): Promise<Reading> {
  const { store, blobs, journal } = await openRecord(base);
  return {
    log: store.log,
    evidence: store.evidence,
    projections: store.projections,
    journal,
    blobs,
    caller: base.caller,
    random: base.machine.random,
    readPreview: async (digest) =>
      (await blobs.has(digest)) ? readPreview(base.machine.hash, await blobs.get(digest), digest) : undefined,
  };
}
