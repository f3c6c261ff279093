/** The door of the record: what happened, kept so that it can't be changed unseen. */

export type { BlobStore } from './blob-store.ts';
export { NO_HASH } from './event-hash.ts';
export type {
  AppendAnswer,
  AppendBatch,
  ChainHead,
  EventLog,
  EventQuery,
  EvidenceLog,
  EvidenceNote,
  Projections,
  ProposalQuery,
  ProposalRow,
  RecordedEvent,
} from './event-log.ts';
export type { Journal, JournalAnswer, JournalParts, Standing } from './journal.ts';
export { openJournal } from './journal.ts';
export type { Place } from './link-events.ts';
export { linkEvents } from './link-events.ts';
export { parseEvent } from './parse-event.ts';
export { signedText } from './signed-body.ts';
export type { RecordSource, StoredEntry, StoredProjection } from './stored-entry.ts';
