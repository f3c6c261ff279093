/**
 * The port of the runner's own ledger: what it began, kept apart from the record that others can rewrite or restore (L4, L5).
 *
 * An entry is never removed and never replaced. What is in it was begun, whatever any record says.
 */

import type { FactDifference, Outcome, Sha256Hex } from '../../kernel/index.ts';

/** What a runner is about to begin, with everything that a recovery needs to find what it left behind. */
export type Intent = {
  readonly claim: string;
  readonly proposal: string;
  readonly bundleDigest: Sha256Hex;
  /** Nonces of the approvals that this execution uses up. Empty under a standing grant: the bundle itself is used once then. */
  readonly nonces: readonly string[];
  /** Absolute path of the private run directory. */
  readonly runDirectory: string;
  readonly atMs: number;
  /** The standing grant that stands for the approval, and how often this ledger had seen it used when that was judged. */
  readonly grant?: { readonly name: string; readonly usedBefore: number } | undefined;
};

/** How it ended, as this runner saw it: a late difference before the start, or an outcome. */
export type LedgerEnd =
  | { readonly kind: 'stale'; readonly differences: readonly FactDifference[] }
  | { readonly kind: 'executed'; readonly outcome: Outcome };

/** An intent with its end; without one it is unfinished. */
export type LedgerEntry = { readonly intent: Omit<Intent, 'grant'>; readonly end: LedgerEnd | undefined };

/** What became of an intent. `used` names the claim that used the bundle, one of the nonces, or the grant meanwhile. */
export type IntendAnswer =
  | { readonly kind: 'intended' }
  | { readonly kind: 'used'; readonly what: string; readonly claim: string };

/** One runner's ledger. Every write is durable when it resolves. */
export interface Ledger {
  /** Takes bundle, nonces, one use of a grant, and intent together, once for ever. @throws Failure `LEDGER_WRITE_FAILED` (nothing was taken) */
  intend(intent: Intent): Promise<IntendAnswer>;
  /** Writes the end of an intent; the first end stays. @throws Failure `LEDGER_WRITE_FAILED` */
  conclude(claim: string, end: LedgerEnd): Promise<void>;
  /** The entry of a bundle; `undefined` when this runner never began it. @throws Failure `STORE_UNREADABLE` */
  find(bundleDigest: Sha256Hex): Promise<LedgerEntry | undefined>;
  /** Every entry without an end, oldest first. */
  unfinished(): Promise<readonly LedgerEntry[]>;
  /** How often this runner began something under each standing grant, by its name, whatever came of it. @throws Failure `STORE_UNREADABLE` */
  grantsUsed(): Promise<Readonly<Record<string, number>>>;
}
