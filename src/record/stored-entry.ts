/**
 * An event as a store keeps it: canonical texts that are hashed as they lie there, and columns to find it by.
 *
 * The columns `proposal`, `target` and `type` are not hashed: they repeat what the body says, and verification compares them.
 */

import type { Sha256Hex } from '../kernel/index.ts';
import type { ChainHead } from './event-log.ts';

/** One stored event. `actor` and `body` are JCS texts. */
export type StoredEntry = {
  readonly seq: number;
  readonly stream: string;
  readonly streamPrev: number;
  readonly proposal: string;
  readonly target: string;
  readonly type: string;
  readonly atMs: number;
  readonly actor: string;
  readonly body: string;
  readonly prev: Sha256Hex;
  readonly hash: Sha256Hex;
};

/** What the store keeps beside the chain of a proposal or a target: JCS of its state, and the seq of its newest event. */
export type StoredProjection = {
  readonly name: string;
  readonly target: string;
  readonly state: string;
  readonly seq: number;
};

/** Reads the record as it lies there, for verification and export: nothing is parsed, nothing believed. */
export interface RecordSource {
  /** Entries by seq, after a seq, `limit` at most (1 to 10 000). @throws Failure `STORE_UNREADABLE` */
  entries(afterSeq: number, limit: number): Promise<readonly StoredEntry[]>;
  /** Seq and stored hash of the last entry; seq 0 and zeros when there is none. */
  head(): Promise<ChainHead>;
  /** Entries of one stream by seq, after a seq. */
  streamEntries(stream: string, afterSeq: number, limit: number): Promise<readonly StoredEntry[]>;
  /** All summed up proposals without their sums, by name, after a name. */
  proposalSeqs(afterName: string, limit: number): Promise<readonly Omit<StoredProjection, 'state'>[]>;
  /** The sums of these proposals, those that there are; at most 5 000. */
  proposalProjections(names: readonly string[]): Promise<readonly StoredProjection[]>;
  /** The sums of targets by name, after a name. */
  targetProjections(afterName: string, limit: number): Promise<readonly StoredProjection[]>;
}
