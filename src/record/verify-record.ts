/** Verifies a record and names its first bad entry. Nothing in it is believed: neither columns, nor projections, nor words. */

import { type HashFunction, isFailure } from '../kernel/index.ts';
import type { BlobStore } from './blob-store.ts';
import { NO_HASH } from './event-hash.ts';
import type { ChainHead, RecordedEvent } from './event-log.ts';
import { examineAway, isOfPlaceHere } from './examine-away.ts';
import { examineBlobs, type NamedBlobs, nameBlobs, noBlobs } from './examine-blobs.ts';
import { examineLink } from './examine-links.ts';
import { examineMeaning, type Folds, noFolds } from './examine-meaning.ts';
import { examineProjections, letGo, takeUp } from './examine-projections.ts';
import { examineSignatures, type TrustQuestions } from './examine-signatures.ts';
import { parseEvent } from './parse-event.ts';
import type { DisownedEntry, Problem } from './problem.ts';
import { isInShare, joinShares, type Share, WHOLE } from './share.ts';
import { headTrouble, type SignedHead } from './signed-head.ts';
import type { RecordSource, StoredEntry } from './stored-entry.ts';
import type { VerificationAnswer } from './verification-answer.ts';

/**
 * How deep to look. `links`: the chain alone. `meaning`: also that the events could have happened so, and that columns and
 * projections say the same. `everything`: also signatures and blobs.
 */
export type Depth =
  | { readonly kind: 'links' }
  | { readonly kind: 'meaning' }
  | { readonly kind: 'everything'; readonly blobs: Pick<BlobStore, 'get'>; readonly trust: TrustQuestions };

/** What a verification needs. */
export type VerificationParts = {
  readonly source: RecordSource;
  readonly hash: HashFunction;
  readonly depth: Depth;
  /** Heads signed earlier: the record must reach and contain each. */
  readonly earlier: readonly SignedHead[];
  /** Whose meaning, signatures and blobs to look at; everybody's when left out. Links are looked at in any share. */
  readonly share?: Share | undefined;
  /** Answers of the other shares, worked out elsewhere meanwhile; asked for at once, and joined at the end. */
  readonly others?: (() => Promise<readonly VerificationAnswer[]>) | undefined;
  /** Called with how many entries were looked at, about every 500. */
  readonly onProgress?: ((checked: number) => void) | undefined;
};

/** Everything that a walk over the entries gathers. */
type Walk = VerificationParts & {
  readonly folds: Folds;
  readonly named: NamedBlobs;
  readonly share: Share;
  readonly disowned: DisownedEntry[];
  readonly ignored: DisownedEntry[];
  /** The latest time that any entry so far claims. */
  latestMs: number;
};

/**
 * Verifies the whole record, from its first entry.
 *
 * It proves that the record is what its hashes say, and, against `earlier` heads, that nothing up to them was rewritten or cut
 * off. What lies after the newest head that you hold could have been rewritten by whoever can write to the store.
 *
 * @returns the tip and how many entries were looked at, or the first bad entry
 * @throws Failure `STORE_UNREADABLE` when the store can't be read at all
 */
export async function verifyRecord(parts: VerificationParts): Promise<VerificationAnswer> {
  const { others = async () => [] } = parts;
  const [own, theirs] = await Promise.all([verifyShare(parts), others()]);
  const answer = joinShares(own, ...theirs);
  // A disowned entry that fits nowhere is left out by its own share alone: only the whole says what a place's lock amounts to then.
  const isDivided = parts.share !== undefined && theirs.length > 0;
  const mayBeWhole = isDivided && answer.kind === 'broken' && answer.problem.kind === 'projection-mismatch';
  return mayBeWhole ? await verifyShare({ ...parts, share: undefined }) : answer;
}

async function verifyShare(parts: VerificationParts): Promise<VerificationAnswer> {
  const walk: Walk = {
    ...parts,
    folds: noFolds(parts.share),
    named: noBlobs(),
    share: parts.share ?? WHOLE,
    disowned: [],
    ignored: [],
    latestMs: 0,
  };
  for (const head of parts.earlier) {
    const problem = headTrouble(head);
    if (problem !== undefined) return broken(problem);
  }
  const walked = await walkAll(walk);
  if (walked.kind === 'broken') return walked;
  const problem = cutOff(parts.earlier, walked.head) ?? (await examineEvidence(walk));
  if (problem !== undefined) return broken(problem);
  const { disowned, ignored } = walk;
  return { ...walked, ...(disowned.length === 0 ? {} : { disowned }), ...(ignored.length === 0 ? {} : { ignored }) };
}

/** How often a record that grows meanwhile is followed; what a busy one gains after that is left for the next time. */
const MOST_ROUNDS = 20;

async function walkAll(walk: Walk): Promise<VerificationAnswer> {
  let from: ChainHead = { seq: 0, hash: NO_HASH };
  for (let round = 1; ; round += 1) {
    const walked = await walkEntries(walk, from, (entry) => examineEntry(walk, entry), pagesOf(walk));
    if (walked.kind === 'broken' || walk.depth.kind === 'links') return walked;
    const { head } = walked;
    const compared = await examineProjections(walk, head.seq);
    const isLie = compared.kind === 'odd' || (compared.kind === 'ahead' && round > 1 && walked.checked === 0);
    if (isLie) return broken(compared.problem);
    if (compared.kind === 'same' || round === MOST_ROUNDS) return { kind: 'whole', head, checked: head.seq };
    from = head;
  }
}

function pagesOf({ depth, source, folds }: Walk): Pages {
  if (depth.kind === 'links') return UNTOUCHED;
  return { before: (page) => takeUp(source, folds, page), after: () => letGo(source, folds) };
}

async function examineEvidence(walk: Walk): Promise<Problem | undefined> {
  const { depth } = walk;
  return depth.kind === 'everything' ? examineBlobs(walk.hash, walk.named, depth.blobs) : undefined;
}

function examineEntry(walk: Walk, entry: StoredEntry): Problem | undefined {
  const contradicted = contradiction(walk.earlier, entry);
  if (contradicted !== undefined || walk.depth.kind === 'links') return contradicted;
  const why = walk.depth.kind === 'everything' ? walk.depth.trust.disowned?.(entry) : undefined;
  // The time that a forger wrote must not put honest entries under later rules.
  if (why === undefined) walk.latestMs = Math.max(walk.latestMs, entry.atMs);
  if (!isInShare(walk.share, entry.target)) return examineElsewhere(walk, entry, why !== undefined);
  const problem = examineContent(walk, entry);
  return why === undefined ? problem : takeDisowned(walk, entry, { why, problem });
}

// Its own share names a disowned entry; here it counts for the lock, as it does for the store's summary.
function examineElsewhere({ folds }: Walk, entry: StoredEntry, isDisowned: boolean): Problem | undefined {
  if (!isOfPlaceHere(folds, entry)) return undefined;
  const read = readEntry(entry);
  const problem = read.kind === 'odd' ? read.problem : examineAway(folds, read.event);
  return isDisowned ? undefined : problem;
}

function examineContent(walk: Walk, entry: StoredEntry): Problem | undefined {
  const read = readEntry(entry);
  if (read.kind === 'odd') return read.problem;
  const odd = examineMeaning(walk.folds, entry, read.event);
  if (odd !== undefined || walk.depth.kind !== 'everything') return odd;
  const problem = examineSignatures(read.event, walk.depth.trust, Math.max(walk.latestMs, entry.atMs));
  if (problem === undefined) nameBlobs(walk.named, entry.seq, read.event.body);
  return problem;
}

/**
 * Takes note of an entry that the trust file disowns, once it was examined and folded where it fits: later entries and the
 * store's summary rest on it. One that fits nowhere is left out; one that holds can't be disowned, and stays what it is.
 */
export function takeDisowned(
  walk: Pick<Walk, 'folds' | 'disowned' | 'ignored'>,
  { seq, hash, stream }: StoredEntry,
  { why, problem }: { readonly why: string; readonly problem: Problem | undefined },
): undefined {
  (problem === undefined ? walk.ignored : walk.disowned).push({ seq, hash, why });
  if (walk.folds.streams.get(stream)?.seq !== seq) walk.folds.leftOut.add(seq);
}

/** Reads an entry, or says why it can't be read. */
export function readEntry(
  entry: StoredEntry,
): { readonly kind: 'read'; readonly event: RecordedEvent } | { readonly kind: 'odd'; readonly problem: Problem } {
  try {
    return { kind: 'read', event: parseEvent(entry) };
  } catch (thrown) {
    if (!isFailure(thrown)) throw thrown;
    return { kind: 'odd', problem: { kind: 'unreadable', seq: entry.seq, what: thrown.message } };
  }
}

/** Says which earlier head an entry contradicts. */
export function contradiction(earlier: readonly SignedHead[], entry: StoredEntry): Problem | undefined {
  const head = earlier.find((one) => one.seq === entry.seq && one.hash !== entry.hash);
  if (head === undefined) return undefined;
  const what = `entry ${entry.seq} is not the one that ${nameOf(head)}: the record was rewritten`;
  return { kind: 'rewritten', seq: entry.seq, what };
}

/** Says which earlier head a record does not reach. */
export function cutOff(earlier: readonly SignedHead[], head: ChainHead): Problem | undefined {
  const beyond = earlier.find((one) => one.seq > head.seq);
  if (beyond === undefined) return undefined;
  const what = `the record ends at entry ${head.seq}, but ${nameOf(beyond)} at entry ${beyond.seq}: it was rolled back`;
  return { kind: 'rolled-back', seq: head.seq + 1, what };
}

function nameOf(head: SignedHead): string {
  return `${head.signer} signed on ${new Date(head.atMs).toISOString()}`;
}

const PAGE = 500;

/** What is done around each page of a walk. */
type Pages = {
  readonly before: (page: readonly StoredEntry[]) => Promise<void>;
  readonly after: () => Promise<void>;
};

const UNTOUCHED: Pages = { before: async () => undefined, after: async () => undefined };

/** Walks over all entries after a head, link by link. @param look called for each entry that links */
export async function walkEntries(
  parts: Pick<VerificationParts, 'source' | 'hash' | 'onProgress'>,
  from: ChainHead,
  look: (entry: StoredEntry) => Problem | undefined,
  pages: Pages = UNTOUCHED,
): Promise<VerificationAnswer> {
  let head = from;
  for (;;) {
    const page = await parts.source.entries(head.seq, PAGE);
    await pages.before(page);
    for (const entry of page) {
      const problem = examineLink(parts.hash, head, entry) ?? look(entry);
      if (problem !== undefined) return broken(problem);
      head = { seq: entry.seq, hash: entry.hash };
    }
    await pages.after();
    parts.onProgress?.(head.seq);
    if (page.length < PAGE) return { kind: 'whole', head, checked: head.seq - from.seq };
  }
}

function broken(problem: Problem): VerificationAnswer {
  return { kind: 'broken', problem };
}
