/**
 * Folds the record anew, entry by entry, into a memory of one's own: nobody else's summary is believed.
 *
 * Every entry is hashed, linked to the one before and examined when it comes by, once; what was folded before is bound by the
 * hash of the entry that the memory rests on.
 */

import { Failure, type HashFunction, placeLock } from '../kernel/index.ts';
import type { HeadMemory } from './advance-head.ts';
import { entryText } from './event-hash.ts';
import type { ChainHead } from './event-log.ts';
import { examineLink } from './examine-links.ts';
import { examineMeaning, type Folds, noFolds } from './examine-meaning.ts';
import type { TrustQuestions } from './examine-signatures.ts';
import type { Problem } from './problem.ts';
import type { MemoryStep, RecordMemory, Remembered } from './record-memory.ts';
import type { RecordSource, StoredEntry } from './stored-entry.ts';
import { contradiction, readEntry } from './verify-record.ts';

/** What following a record needs. */
export type FollowParts = {
  readonly source: RecordSource;
  readonly hash: HashFunction;
  readonly memory: RecordMemory;
  /** The head that the same process remembers: a memory that is made anew must pass through it. */
  readonly heads: Pick<HeadMemory, 'recall'>;
  /** What the trust file disowns; asked for only where an entry does not fit. None when left out. */
  readonly disowned?: (() => Promise<TrustQuestions['disowned']>) | undefined;
};

const PAGE = 500;

/**
 * Folds everything that the record gained since the last time.
 *
 * @throws Failure `RECORD_BROKEN` that names the first bad entry; `STORE_UNREADABLE`, `LEDGER_WRITE_FAILED`
 */
export async function followRecord(parts: FollowParts): Promise<void> {
  for (;;) {
    const from = await parts.memory.position();
    // The entry that the memory rests on is read again with what follows it: one query, and nothing can come between.
    const isFirst = from.seq === 0;
    const page = await parts.source.entries(isFirst ? 0 : from.seq - 1, PAGE);
    const entries = isFirst ? page : page.slice(1);
    const moved = isFirst ? undefined : positionTrouble(parts.hash, from, page[0]);
    if (moved !== undefined) throw brokenRecord(moved);
    if (entries.length === 0) return;
    await foldPage(parts, from, entries);
  }
}

function positionTrouble(hash: HashFunction, from: ChainHead, entry: StoredEntry | undefined): Problem | undefined {
  if (entry?.seq !== from.seq) {
    const what = `entry ${from.seq}, on which this runner's own memory rests, is not there: the record was rolled back`;
    return { kind: 'rolled-back', seq: from.seq, what };
  }
  if (hash(entryText(entry)) === from.hash) return undefined;
  const what = `entry ${from.seq} is not the one on which this runner's own memory rests: the record was rewritten`;
  return { kind: 'rewritten', seq: from.seq, what };
}

async function foldPage(parts: FollowParts, from: ChainHead, entries: readonly StoredEntry[]): Promise<void> {
  const remembered = await parts.heads.recall();
  const earlier = remembered === undefined ? [] : [remembered.head];
  // The column of the target is only a word; an entry where it lies is found out before its target is folded.
  const named = { streams: namesOf(entries, 'stream'), targets: namesOf(entries, 'target') };
  const places = placesOf(entries, await parts.memory.recall(named));
  const names = { ...named, targets: [...named.targets, ...places] };
  const kept = await parts.memory.recall(names);
  // Another process went on meanwhile: what it kept belongs to its own place in the record, where the next round starts.
  if (kept.position.hash !== from.hash) return;
  const folds = foldsOf(kept);
  let to = from;
  for (const entry of entries) {
    const misplaced = examineLink(parts.hash, to, entry) ?? contradiction(earlier, entry);
    if (misplaced !== undefined) throw brokenRecord(misplaced);
    const problem = examineFold(folds, entry);
    // A disowned entry is folded where it fits all the same: the store's summaries rest on it, too.
    if (problem !== undefined && (await parts.disowned?.())?.(entry) === undefined) throw brokenRecord(problem);
    to = { seq: entry.seq, hash: entry.hash };
  }
  // Where another process kept this step first, the next round goes on from where that one stands.
  await parts.memory.keep({ from, to, ...changesOf(folds, names) });
}

function examineFold(folds: Folds, entry: StoredEntry): Problem | undefined {
  const read = readEntry(entry);
  if (read.kind === 'odd') return read.problem;
  return examineMeaning(folds, entry, read.event);
}

function foldsOf({ streams, targets }: Remembered): Folds {
  const folds = noFolds();
  for (const { stream, ...fold } of streams) folds.streams.set(stream, fold);
  for (const { target, ...fold } of targets) folds.targets.set(target, fold);
  return folds;
}

function namesOf(entries: readonly StoredEntry[], column: 'stream' | 'target'): readonly string[] {
  return [...new Set(entries.map((entry) => entry[column]))];
}

// A place is known by what its proposals were sealed with, here or in an earlier page.
function placesOf(entries: readonly StoredEntry[], { streams }: Remembered): readonly string[] {
  const sealed = entries.flatMap((entry) => {
    const read = entry.body.includes('"place":') ? readEntry(entry) : undefined;
    return read?.kind === 'read' && read.event.body.type === 'sealed' ? [read.event.body] : [];
  });
  const locks = [...streams.map(({ state }) => placeLock(state)), ...sealed.map((body) => placeLock(body))];
  return [...new Set(locks.filter((lock) => lock !== undefined))];
}

function changesOf(
  folds: Folds,
  names: Parameters<RecordMemory['recall']>[0],
): Pick<MemoryStep, 'streams' | 'targets'> {
  return {
    streams: names.streams.flatMap((stream) => {
      const fold = folds.streams.get(stream);
      // Evidence has one entry and belongs to no proposal: there is nothing to remember of it.
      return fold === undefined || fold.state.kind === 'absent' ? [] : [{ stream, ...fold }];
    }),
    targets: names.targets.flatMap((target) => {
      const fold = folds.targets.get(target);
      return fold === undefined ? [] : [{ target, ...fold }];
    }),
  };
}

/** The failure that a problem with the record amounts to. */
export function brokenRecord(problem: Problem): Failure {
  const code = problem.kind === 'rolled-back' ? 'RECORD_ROLLED_BACK' : 'RECORD_BROKEN';
  return new Failure(code, problem.what, {
    hint: 'nothing runs until a person knows why: countersign record verify, and compare with a backup',
    where: `entry ${problem.seq}`,
  });
}
