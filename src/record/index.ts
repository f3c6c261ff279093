/** The door of the record: what happened, kept so that it can't be changed unseen. */

export type { HeadMemory, HeadParts } from './advance-head.ts';
export { advanceHead, parseRememberedHead } from './advance-head.ts';
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
export type { Disowning } from './examine-disowned.ts';
export { examineDisowned } from './examine-disowned.ts';
export type { Moment, TrustQuestions } from './examine-signatures.ts';
export type { ExaminedProposal, StreamParts, Trouble } from './examine-stream.ts';
export { examineStream } from './examine-stream.ts';
export type { ExportHeader, ExportLine, ExportScope } from './export-format.ts';
export type { ExportParts } from './export-record.ts';
export { exportRecord } from './export-record.ts';
export type { Journal, JournalAnswer, JournalParts, Standing } from './journal.ts';
export { openJournal } from './journal.ts';
export type { LinkedEvent, Place } from './link-events.ts';
export { linkEvents } from './link-events.ts';
export type { StreamMask } from './mask-secrets.ts';
export { maskSecrets } from './mask-secrets.ts';
export type { OwnProjectionParts, OwnProjections } from './own-projections.ts';
export { ownProjections } from './own-projections.ts';
export { parseEvent } from './parse-event.ts';
export type { DisownedEntry, Problem, ProblemKind } from './problem.ts';
export type { Citation, EvidenceParts, Seen } from './record-evidence.ts';
export { recordEvidence } from './record-evidence.ts';
export type { KeptStream, KeptTarget, MemoryStep, RecordMemory, Remembered } from './record-memory.ts';
export type { Share } from './share.ts';
export { signedText } from './signed-body.ts';
export type { RememberedHead, SignedHead } from './signed-head.ts';
export { parseSignedHead } from './signed-head.ts';
export type { RecordSource, StoredEntry, StoredProjection } from './stored-entry.ts';
export type { VerificationAnswer } from './verification-answer.ts';
export type { ExportAnswer, ExportVerificationParts } from './verify-export.ts';
export { verifyExport } from './verify-export.ts';
export type { Depth, VerificationParts } from './verify-record.ts';
export { verifyRecord } from './verify-record.ts';
