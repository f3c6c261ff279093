/** Examines the summaries that a store keeps beside its events, while others may be appending. */

import { evolve, isPlaceLock, type ProposalState, type TargetState } from '../kernel/index.ts';
import { type Folds, NO_EVENTS, type StreamFold } from './examine-meaning.ts';
import { isStateText } from './is-state-text.ts';
import { parseEvent } from './parse-event.ts';
import type { Problem } from './problem.ts';
import { isInShare, type Share } from './share.ts';
import type { RecordSource, StoredEntry, StoredProjection } from './stored-entry.ts';

/** A fold of a proposal or of a target. */
type Fold = { readonly seq: number; readonly state: ProposalState | TargetState };

/**
 * What comparing found. `ahead`: a summary rests on an entry after the last one that was looked at; either somebody appended
 * meanwhile, or it is a lie, which `problem` states.
 */
export type Comparison =
  | { readonly kind: 'same' }
  | { readonly kind: 'ahead'; readonly problem: Problem }
  | { readonly kind: 'odd'; readonly problem: Problem };

const PREFIX = 'proposal:';
const PAGE = 5_000;

/** Lets go of every fold whose stored summary says the same and rests on the same entry. */
export async function letGo(source: RecordSource, folds: Folds): Promise<void> {
  const names = [...folds.grown]
    .filter((stream) => stream.startsWith(PREFIX))
    .map((stream) => stream.slice(PREFIX.length));
  folds.grown.clear();
  if (names.length === 0) return;
  for (const row of await source.proposalProjections(names)) {
    const fold = folds.streams.get(PREFIX + row.name);
    if (fold === undefined || !isTrue(row, fold)) continue;
    folds.streams.delete(PREFIX + row.name);
    folds.settled.set(row.name, row.seq);
  }
}

/** Folds anew what was let go and now goes on. */
export async function takeUp(source: RecordSource, folds: Folds, page: readonly StoredEntry[]): Promise<void> {
  for (const { stream, seq } of page) {
    const name = stream.slice(PREFIX.length);
    if (!folds.settled.has(name) || !stream.startsWith(PREFIX)) continue;
    folds.settled.delete(name);
    folds.streams.set(stream, await foldAgain(source, stream, { before: seq, leftOut: folds.leftOut }));
  }
}

type Again = { readonly before: number; readonly leftOut: ReadonlySet<number> };

async function foldAgain(source: RecordSource, stream: string, { before, leftOut }: Again): Promise<StreamFold> {
  let fold = NO_EVENTS;
  for (let after = 0; ; ) {
    const page = (await source.streamEntries(stream, after, PAGE)).filter((entry) => entry.seq < before);
    after = page.at(-1)?.seq ?? after;
    // Each of these was examined when the walk came by.
    for (const entry of page) {
      if (leftOut.has(entry.seq)) continue;
      const { body } = parseEvent(entry);
      fold = { seq: entry.seq, type: body.type, state: evolve(fold.state, body) };
    }
    if (page.length < PAGE) return fold;
  }
}

/** What was folded, of which share, and where the summaries lie. */
type Folded = { readonly source: RecordSource; readonly folds: Folds; readonly share: Share };

/** Compares every stored summary of a share with what the events up to an entry amount to. */
export async function examineProjections(folded: Folded, upTo: number): Promise<Comparison> {
  const proposals = await compareProposals(folded, upTo);
  if (proposals.kind === 'odd') return proposals;
  const targets = await compareTargets(folded, upTo);
  return targets.kind === 'same' ? proposals : targets;
}

async function compareProposals({ source, folds, share }: Folded, upTo: number): Promise<Comparison> {
  const missing = new Set(folds.settled.keys());
  for (const [stream, { state }] of folds.streams)
    if (state.kind !== 'absent') missing.add(stream.slice(PREFIX.length));
  let ahead: Comparison = { kind: 'same' };
  for await (const { name, seq } of rowsOf(share, (after) => source.proposalSeqs(after, PAGE))) {
    missing.delete(name);
    if (folds.settled.get(name) === seq) continue;
    const known = folds.streams.get(PREFIX + name);
    const problem = oddSummary('proposal', name, known?.seq ?? folds.settled.get(name) ?? seq);
    if (seq > upTo) ahead = { kind: 'ahead', problem };
    else if (known === undefined || !(await isTrueNow(source, name, known))) return { kind: 'odd', problem };
  }
  const [lost] = missing;
  if (lost === undefined) return ahead;
  const seq = folds.settled.get(lost) ?? folds.streams.get(PREFIX + lost)?.seq ?? 0;
  return { kind: 'odd', problem: oddSummary('proposal', lost, seq) };
}

async function isTrueNow(source: RecordSource, name: string, fold: Fold): Promise<boolean> {
  const [row] = await source.proposalProjections([name]);
  return row !== undefined && isTrue(row, fold);
}

async function compareTargets({ source, folds, share }: Folded, upTo: number): Promise<Comparison> {
  const missing = new Set(folds.targets.keys());
  let ahead: Comparison = { kind: 'same' };
  for await (const row of rowsOf(share, (after) => source.targetProjections(after, PAGE))) {
    missing.delete(row.name);
    const fold = folds.targets.get(row.name);
    const problem = oddSummary('target', row.name, fold?.seq ?? row.seq);
    if (row.seq > upTo) ahead = { kind: 'ahead', problem };
    else if (fold === undefined || !isTrue(row, fold)) return { kind: 'odd', problem };
  }
  const [lost] = missing;
  return lost === undefined
    ? ahead
    : { kind: 'odd', problem: oddSummary('target', lost, folds.targets.get(lost)?.seq ?? 0) };
}

async function* rowsOf<Row extends Pick<StoredProjection, 'name' | 'target'>>(
  share: Share,
  pageAfter: (name: string) => Promise<readonly Row[]>,
): AsyncGenerator<Row> {
  for (let page = await pageAfter(''); page.length > 0; page = await pageAfter(page.at(-1)?.name ?? '')) {
    yield* page.filter((row) => isInShare(share, row.target));
  }
}

function isTrue(row: StoredProjection, fold: Fold): boolean {
  const target = 'target' in fold.state ? fold.state.target : row.name;
  return row.seq === fold.seq && row.target === target && isStateText(row.state, fold.state);
}

/** A summary that is not what its events amount to. @param seq the entry that it should rest on */
export function oddSummary(what: 'proposal' | 'target', name: string, seq: number): Problem {
  const named = what === 'target' && isPlaceLock(name) ? name.replace(':', ' ') : `${what} ${name}`;
  return { kind: 'projection-mismatch', seq, what: `the summary of ${named} is not what its events amount to` };
}
