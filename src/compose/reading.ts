/** Composed for reading and for saying something of a proposal: the record, and nothing that can act. */

import {
  type Agent,
  type EvidenceRef,
  isFailure,
  type Person,
  type Preview,
  type Random,
  type StateOf,
} from '../kernel/index.ts';
import { readSealed, type SealedParts, type SealedState } from '../loop/approve/index.ts';
import {
  type BlobStore,
  type EventLog,
  type EvidenceLog,
  type ExaminedProposal,
  examineStream,
  type Journal,
  type Projections,
} from '../record/index.ts';
import { readPreview } from '../tools/index.ts';
import { type Base, openRecord } from './base.ts';
import { type Standing, standingOf } from './standing.ts';
import { type ReaderTrust, readReaderTrust } from './trust-questions.ts';

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
  /** What a sealed proposal cites; `undefined` where its bundle can't be read, or says other things than the record. */
  readonly cited: (state: SealedState) => Promise<readonly EvidenceRef[] | undefined>;
  /** Whether signatures can be checked here. */
  readonly trust: () => Promise<ReaderTrust>;
  /** A proposal as its own events tell it, and everything in it that does not hold. */
  readonly examine: (proposal: string, trust: ReaderTrust) => Promise<ExaminedProposal>;
  /** How a proposal that waits, or may run, stands with the trust file that is accepted now. */
  readonly standing: (state: StateOf<'open' | 'approved'>) => Promise<Standing>;
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
    cited: (state) => readCited({ blobs, hash: base.machine.hash }, state),
    trust: () => readReaderTrust(base),
    examine: (proposal, trust) =>
      examineStream(
        {
          source: store.source,
          hash: base.machine.hash,
          trust: trust.kind === 'checked' ? trust.questions : undefined,
        },
        proposal,
      ),
    standing: (state) => standingOf(base, { store, blobs }, state),
  };
}

async function readCited(parts: SealedParts, state: SealedState): Promise<readonly EvidenceRef[] | undefined> {
  try {
    const sealed = await readSealed(parts, state);
    return sealed.kind === 'sealed' ? sealed.evidence : undefined;
  } catch (thrown) {
    // A bundle that is gone or changed cites nothing that could be shown; `record verify` names it.
    if (!isFailure(thrown)) throw thrown;
    return undefined;
  }
}
