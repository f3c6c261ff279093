/** The door of the record: what happened, kept so that it can't be changed unseen. */

export type { BlobStore } from './blob-store.ts';
export type {
  AppendAnswer,
  AppendBatch,
  ChainHead,
  EventLog,
  EventQuery,
  Projections,
  ProposalQuery,
  ProposalRow,
  RecordedEvent,
} from './event-log.ts';
export type { Journal, JournalAnswer, JournalParts, Standing } from './journal.ts';
export { openJournal } from './journal.ts';
export { signedText } from './signed-body.ts';
