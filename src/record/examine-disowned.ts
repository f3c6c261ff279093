/** Examines what the trust file disowns: what of it holds all the same, and which targets were freed by what does not. */

import type { Sha256Hex } from '../kernel/index.ts';
import type { EntryName } from './examine-signatures.ts';
import { examineStream, type StreamParts } from './examine-stream.ts';
import { isFreedByOddWords } from './is-freed-by-odd-words.ts';
import type { RecordSource } from './stored-entry.ts';

/** A proposal that freed its target, and its place where it has one, by words that do not hold. */
type Doubted = { readonly proposal: string; readonly target: string; readonly place?: Sha256Hex | undefined };

/** What disowning comes to. */
export type Disowning<Entry extends EntryName> = {
  /**
   * The entries that hold, by seq: no word against them counts. A claim is none of them, since what it took may be another
   * proposal's: only `verifyRecord` can tell.
   */
  readonly holding: readonly Entry[];
  /**
   * The proposals that closed where an outcome, a verdict, a close or a release does not hold, and where nothing that holds
   * released their target instead; and those that are executed by an outcome that does not hold, which no verdict can settle.
   */
  readonly doubted: readonly Doubted[];
};

const PREFIX = 'proposal:';

/**
 * Examines every proposal that an entry was disowned of, by its own events.
 *
 * The present trust file is asked, and no fold made earlier: what is disowned today was folded when it came by. An entry that is
 * not there, or has another hash, is nothing to examine.
 *
 * @throws Failure `STORE_UNREADABLE`
 */
export async function examineDisowned<Entry extends EntryName>(
  parts: StreamParts,
  disowned: readonly Entry[],
): Promise<Disowning<Entry>> {
  const holding: Entry[] = [];
  const doubted: Doubted[] = [];
  for (const [proposal, entries] of await proposalsOf(parts.source, disowned)) {
    const { events, troubles, state } = await examineStream(parts, proposal);
    // A summary that differs says nothing against the entry that it rests on.
    const odd = new Set(troubles.filter(({ kind }) => kind !== 'projection-mismatch').map(({ seq }) => seq));
    const claims = new Set(events.filter(({ body }) => body.type === 'claimed').map(({ seq }) => seq));
    holding.push(...entries.filter(({ seq }) => !odd.has(seq) && !claims.has(seq)));
    const isForged =
      state.kind === 'executed' && events.some(({ seq, body }) => body.type === 'executed' && odd.has(seq));
    if (isForged || (state.kind === 'closed' && isFreedByOddWords(events, odd))) {
      doubted.push({ proposal, target: state.target, place: state.place });
    }
  }
  return { holding: holding.sort((a, b) => a.seq - b.seq), doubted };
}

async function proposalsOf<Entry extends EntryName>(
  source: Pick<RecordSource, 'entries'>,
  disowned: readonly Entry[],
): Promise<ReadonlyMap<string, readonly Entry[]>> {
  const found = new Map<string, readonly Entry[]>();
  for (const name of disowned) {
    const [entry] = await source.entries(name.seq - 1, 1);
    if (entry?.seq !== name.seq || entry.hash !== name.hash || !entry.stream.startsWith(PREFIX)) continue;
    const proposal = entry.stream.slice(PREFIX.length);
    found.set(proposal, [...(found.get(proposal) ?? []), name]);
  }
  return found;
}
