/** The record on the embedded store. The parts that know SQLite are in `open-sqlite-connection.ts`; the rest serves any engine. */

import { type HashFunction, invariant } from '../../kernel/index.ts';
import type { AppendAnswer, EventLog, EvidenceLog, Projections, RecordSource } from '../../record/index.ts';
import { appendQueue } from './append-queue.ts';
import { type AppendRequest, commitGroup } from './commit-group.ts';
import { RECORD_PART } from './migrations.ts';
import { openSqliteConnection, type SqliteParts } from './open-sqlite-connection.ts';
import {
  readEntries,
  readEvents,
  readHead,
  readProposal,
  readProposalProjections,
  readProposalSeqs,
  readProposals,
  readTarget,
  readTargetProjections,
} from './read-record.ts';
import type { StoreConnection } from './store-connection.ts';

/** An open record. */
export type Store = {
  readonly log: EventLog;
  readonly evidence: EvidenceLog;
  readonly projections: Projections;
  /** The record as it lies there, for verification and export. */
  readonly source: RecordSource;
  close(): Promise<void>;
};

/**
 * Opens the record in one SQLite file, made 0600 in a 0700 directory when there is none.
 *
 * What it acknowledges survives `kill -9`: WAL, `synchronous = full`. Several processes may have it open and write. Appends
 * that wait at the same time share one commit. After a full or failing disk it appends nothing more until it is opened again.
 *
 * @param parts  `hash` is SHA-256; `busyDeadlineMs` is 10 000 when left out
 * @throws Failure `STORE_UNREADABLE` on a file that is no store or a newer one, `STORE_BUSY`, `STORE_WRITE_FAILED`
 */
export async function openSqliteStore(parts: SqliteParts & { readonly hash: HashFunction }): Promise<Store> {
  return recordOn(await openSqliteConnection(parts, RECORD_PART), parts.hash, parts.path);
}

function recordOn(connection: StoreConnection, hash: HashFunction, path: string): Store {
  const append = appendQueue<AppendRequest, AppendAnswer>((group) =>
    connection.write((db) => commitGroup(db, hash, group)),
  );
  return {
    log: {
      append: (batch) => append({ kind: 'proposal', batch }),
      read: (query) => connection.read((db) => readEvents(db, query)),
      head: () => connection.read(readHead),
    },
    evidence: {
      note: async (note) => {
        const answer = await append({ kind: 'evidence', note });
        invariant(answer.kind === 'appended' && answer.events[0] !== undefined, 'evidence can conflict with nothing');
        return answer.events[0];
      },
    },
    projections: {
      proposal: (id) => connection.read((db) => readProposal(db, id, path)),
      proposals: (query) => connection.read((db) => readProposals(db, query, path)),
      target: (name) => connection.read((db) => readTarget(db, name, path)),
    },
    source: {
      head: () => connection.read(readHead),
      entries: (afterSeq, limit) => connection.read((db) => readEntries(db, { afterSeq, limit })),
      streamEntries: (stream, afterSeq, limit) => connection.read((db) => readEntries(db, { stream, afterSeq, limit })),
      proposalSeqs: (after, limit) => connection.read((db) => readProposalSeqs(db, after, limit)),
      proposalProjections: (names) => connection.read((db) => readProposalProjections(db, names)),
      targetProjections: (after, limit) => connection.read((db) => readTargetProjections(db, after, limit)),
    },
    close: () => connection.close(),
  };
}
