/** The port of what a runner on this machine still knows of an execution that it began: its ledger and its private directory. */

import type { Fact, Sha256Hex } from '../kernel/index.ts';

/** An execution that is over, as its runner remembers it; or why nobody here can tell. */
export type PastExecution =
  | {
      readonly kind: 'known';
      readonly claim: string;
      /** `account@host`, as tools name whoever runs them there. */
      readonly who: string;
      /** When the intent was durable: nothing of it ran before. */
      readonly startedAtMs: number;
      /** Processes that carry its mark, and the runner itself while it still holds the claim. */
      readonly aliveCount: number;
    }
  | { readonly kind: 'unknown'; readonly why: string; readonly next: string };

/** What an execution was sealed with, as its manifest says: the digest that people approved is of these very bytes. */
export type SealedExecution = {
  readonly proposal: string;
  readonly facts: readonly Pick<Fact, 'name' | 'value'>[];
};

/** Asks this machine's runner. Reads only, and stops nothing. */
export interface PastExecutions {
  /** @throws Failure `STORE_UNREADABLE` of the ledger */
  find(bundleDigest: Sha256Hex): Promise<PastExecution>;
  /** Its manifest, by its digest: whoever may read the record may read it. @throws Failure `BLOB_MISSING`, `BLOB_CORRUPT`, `STORE_UNREADABLE` */
  sealed(bundleDigest: Sha256Hex): Promise<SealedExecution>;
  /** A file of its private directory, by its relative path; `undefined` when there is none, or nobody here knows the execution. */
  read(bundleDigest: Sha256Hex, path: string): Promise<Uint8Array | undefined>;
}

/** The held execution that a recovery is for. */
export type RecoveredExecution = { readonly proposal: string; readonly bundleDigest: Sha256Hex };
