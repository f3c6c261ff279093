/** The ports of the record: what a store must do so that nothing acknowledged is ever lost or rewritten (L10). */

import type {
  EventType,
  EvidenceRecorded,
  Happened,
  Principal,
  ProposalState,
  Sha256Hex,
  StateKind,
  TargetState,
} from '../kernel/index.ts';

/** An event in its place in the chain. `hash` is SHA-256 over the JCS of everything but itself; `prev` is the hash before. */
export type RecordedEvent = Happened & {
  readonly schema: 'countersign.event/1';
  /** From 1, without gaps, over the whole record. */
  readonly seq: number;
  /** `proposal:<id>` or `evidence:<id>`. */
  readonly stream: string;
  /** Seq of the stream's event before this one; 0 for its first. An export of one stream proves by it that none was left out. */
  readonly streamPrev: number;
  readonly prev: Sha256Hex;
  readonly hash: Sha256Hex;
};

/** The tip of the chain: seq 0 and sixty-four zeros when nothing was recorded. */
export type ChainHead = { readonly seq: number; readonly hash: Sha256Hex };

/** One row of a list, kept in the same transaction as the events that it sums up. */
export type ProposalRow = {
  readonly proposal: string;
  readonly target: string;
  readonly state: ProposalState;
  /** Seq of the stream's newest event. */
  readonly seq: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
};

/** Events that belong together: all are appended, or none. */
export type AppendBatch = {
  readonly proposal: string;
  readonly target: string;
  /** Seq of the newest event that the decision saw in this stream; 0 for none. */
  readonly seenStreamSeq: number;
  /** Seq of the newest event that the decision saw of any proposal of this target; 0 for none. */
  readonly seenTargetSeq: number;
  readonly happened: readonly Happened[];
  /** The states after these events. */
  readonly state: ProposalState;
  readonly targetState: TargetState;
  /** The lock of the proposal's place; left out when it has none, as before it is sealed. */
  readonly place?: PlaceStep | undefined;
};

/** How a batch changes the lock of a place. */
export type PlaceStep = {
  /** `place:` and the place's digest. */
  readonly lock: string;
  /** Seq of the newest event that the decision saw of any proposal of this place; 0 for none. */
  readonly seenSeq: number;
  readonly state: TargetState;
};

/** `conflict`: somebody else appended to the stream, the target or the place first; load, decide and append again. */
export type AppendAnswer =
  | { readonly kind: 'appended'; readonly events: readonly RecordedEvent[] }
  | { readonly kind: 'conflict' };

/** Which events to read, in order, after a seq. */
export type EventQuery = {
  readonly stream?: string | undefined;
  readonly types?: readonly EventType[] | undefined;
  readonly afterSeq: number;
  /** 1 to 10 000. */
  readonly limit: number;
};

/** An append-only, hash-chained log. */
export interface EventLog {
  /**
   * Appends a batch durably: when this resolves, the events survive `kill -9` and power loss as far as fsync promises it.
   *
   * @throws Failure `STORE_BUSY` after the deadline, `STORE_WRITE_FAILED` on a full or failing disk (nothing was appended)
   */
  append(batch: AppendBatch): Promise<AppendAnswer>;
  /** Events by seq, `query.limit` at most. @throws Failure `EVENT_UNREADABLE` */
  read(query: EventQuery): Promise<readonly RecordedEvent[]>;
  head(): Promise<ChainHead>;
}

/** Evidence that was gathered, by whom and when. */
export type EvidenceNote = { readonly actor: Principal; readonly atMs: number; readonly body: EvidenceRecorded };

/** Appends events that belong to no proposal: evidence. */
export interface EvidenceLog {
  /**
   * Appends the first and only event of the stream `evidence:<id>`, as durably as `EventLog.append` does.
   *
   * @throws Failure `STORE_BUSY`, `STORE_WRITE_FAILED`
   */
  note(note: EvidenceNote): Promise<RecordedEvent>;
}

/** Which proposals to list, newest first. */
export type ProposalQuery = {
  readonly states?: readonly StateKind[] | undefined;
  readonly target?: string | undefined;
  readonly beforeSeq?: number | undefined;
  /** Proposals whose id starts with this. */
  readonly idPrefix?: string | undefined;
  /** 1 to 1 000. */
  readonly limit: number;
};

/** What the log amounts to, kept beside it in the same transactions so that nobody folds a million events to show a list. */
export interface Projections {
  proposal(id: string): Promise<ProposalRow | undefined>;
  proposals(query: ProposalQuery): Promise<readonly ProposalRow[]>;
  /** A target by its name, or a place by the name of its lock; free at seq 0 when nothing ever happened to it. */
  target(name: string): Promise<{ readonly state: TargetState; readonly seq: number }>;
}
