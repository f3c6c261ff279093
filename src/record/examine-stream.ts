/** Reads one proposal for people who look at it: its events, what they amount to, and everything in it that does not hold. */

import type { HashFunction, ProposalState } from '../kernel/index.ts';
import type { RecordedEvent } from './event-log.ts';
import { examineEntryHash } from './examine-links.ts';
import { examineMeaning, type Folds, NO_EVENTS, noFolds } from './examine-meaning.ts';
import { examineSignatures, type TrustQuestions } from './examine-signatures.ts';
import { isStateText } from './is-state-text.ts';
import type { Problem } from './problem.ts';
import type { RecordSource, StoredEntry } from './stored-entry.ts';
import { readEntry } from './verify-record.ts';

/** What examining one proposal needs. */
export type StreamParts = {
  readonly source: RecordSource;
  readonly hash: HashFunction;
  /** Without it signatures are not asked about. */
  readonly trust?: TrustQuestions | undefined;
};

/** A proposal as its own events tell it. */
export type ExaminedProposal = {
  /** Folded from every event that fits; the store's summary is never asked for it. `absent` when nothing could be read. */
  readonly state: ProposalState;
  /** Every event that could be read, oldest first: also those that do not hold. */
  readonly events: readonly RecordedEvent[];
  /** What does not hold, by seq, one trouble an entry; a summary that differs comes last. */
  readonly troubles: readonly Trouble[];
};

/** What does not hold; `disowned` is why an approver says so in the trust file, `undefined` while none does. */
export type Trouble = Problem & { readonly disowned: string | undefined };

/** What was read so far. */
type Reading = {
  readonly folds: Folds;
  readonly events: RecordedEvent[];
  readonly troubles: Trouble[];
  seq: number;
  latestMs: number;
};

const PAGE = 1_000;
/** How often a proposal that grows meanwhile is followed. */
const MOST_ROUNDS = 20;

/**
 * Examines one proposal: that each entry hashes to what it says and follows the one before, that its events could have happened
 * so, that signatures hold, and that the store's summary says the same.
 *
 * The chain between proposals is not walked: that what stands here is all there ever was, only `verifyRecord` can tell.
 *
 * @throws Failure `STORE_UNREADABLE` when the store can't be read at all
 */
export async function examineStream(parts: StreamParts, proposal: string): Promise<ExaminedProposal> {
  const reading: Reading = { folds: noFolds(), events: [], troubles: [], seq: 0, latestMs: 0 };
  const stream = `proposal:${proposal}`;
  for (let round = 1; ; round += 1) {
    await readOn(parts, stream, reading);
    const [summary] = await parts.source.proposalProjections([proposal]);
    // The summary is read after the events, and both change together: one that is ahead only says that somebody appended.
    if (summary !== undefined && summary.seq > reading.seq && round < MOST_ROUNDS) continue;
    const { seq, state } = reading.folds.streams.get(stream) ?? NO_EVENTS;
    if (summary?.seq !== seq || !isStateText(summary.state, state)) {
      const what = `the summary of proposal ${proposal} is not what its events amount to`;
      reading.troubles.push({ kind: 'projection-mismatch', seq: reading.seq, what, disowned: undefined });
    }
    return { state, events: reading.events, troubles: reading.troubles };
  }
}

async function readOn(parts: StreamParts, stream: string, reading: Reading): Promise<void> {
  for (;;) {
    const page = await parts.source.streamEntries(stream, reading.seq, PAGE);
    for (const entry of page) {
      const trouble = examineOne(parts, reading, entry);
      if (trouble !== undefined) reading.troubles.push(trouble);
      reading.seq = entry.seq;
    }
    if (page.length < PAGE) return;
  }
}

function examineOne(parts: StreamParts, reading: Reading, entry: StoredEntry): Trouble | undefined {
  const changed = examineEntryHash(parts.hash, entry);
  const disowned = changed === undefined ? parts.trust?.disowned?.(entry) : undefined;
  if (disowned === undefined) reading.latestMs = Math.max(reading.latestMs, entry.atMs);
  const content = examineContent(parts, reading, entry);
  const problem = changed ?? content;
  // Nobody can disown what holds: a bad verdict would be gone by the word of whoever it is bad for.
  return problem === undefined ? undefined : { ...problem, disowned };
}

// What does not hold is folded all the same where it fits: later entries rest on it, and so does the store's summary.
function examineContent({ trust }: StreamParts, reading: Reading, entry: StoredEntry): Problem | undefined {
  const read = readEntry(entry);
  if (read.kind === 'odd') return read.problem;
  reading.events.push(read.event);
  const odd = examineMeaning(reading.folds, entry, read.event);
  const latestMs = Math.max(reading.latestMs, entry.atMs);
  return odd ?? (trust === undefined ? undefined : examineSignatures(read.event, trust, latestMs));
}
