/** A share of a verification: every entry's link, but the meaning of some targets only, so that processes can divide the work. */

import type { DisownedEntry } from './problem.ts';
import type { VerificationAnswer } from './verification-answer.ts';

/** One of `of` equal parts, counted from 1. */
export type Share = { readonly part: number; readonly of: number };

/** All of the work. */
export const WHOLE: Share = { part: 1, of: 1 };

/**
 * Whether what happened to a target belongs to a share.
 *
 * By target, since the streams of one target are summed up together; a lie in the column that says so puts an entry into a share
 * where its stream does not fit.
 */
export function isInShare({ part, of }: Share, target: string): boolean {
  return of === 1 || spread(target) % of === part - 1;
}

/** FNV-1a over UTF-16 code units (32 bits): spreads names evenly, and is no digest. */
function spread(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at += 1) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}

/**
 * Joins the answers of all shares of one record.
 *
 * @returns the first bad entry that any of them found; else the tip that all of them reached
 */
export function joinShares(first: VerificationAnswer, ...others: readonly VerificationAnswer[]): VerificationAnswer {
  return others.reduce(joinTwo, first);
}

function joinTwo(left: VerificationAnswer, right: VerificationAnswer): VerificationAnswer {
  if (left.kind === 'broken') return right.kind === 'broken' && right.problem.seq < left.problem.seq ? right : left;
  if (right.kind === 'broken') return right;
  // The record may have grown between the two; every share walked the same chain up to the earlier tip.
  const { kind, head, checked } = right.head.seq < left.head.seq ? right : left;
  const disowned = joinEntries(left.disowned, right.disowned);
  const ignored = joinEntries(left.ignored, right.ignored);
  return {
    kind,
    head,
    checked,
    ...(disowned.length === 0 ? {} : { disowned }),
    ...(ignored.length === 0 ? {} : { ignored }),
  };
}

function joinEntries(
  left: readonly DisownedEntry[] = [],
  right: readonly DisownedEntry[] = [],
): readonly DisownedEntry[] {
  return [...left, ...right].sort((a, b) => a.seq - b.seq);
}
