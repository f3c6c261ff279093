/** Examines what the events say: readable, possible one after the other, and summed up truly in columns and projections. */

import {
  ABSENT,
  type EventBody,
  type EventType,
  evolve,
  evolveTarget,
  FREE_TARGET,
  joinLocks,
  type ProposalState,
  placeLock,
  type TargetState,
} from '../kernel/index.ts';
import type { RecordedEvent } from './event-log.ts';
import { lockTrouble } from './examine-lock.ts';
import { examineStatement } from './examine-statement.ts';
import type { Problem } from './problem.ts';
import { isInShare, type Share, WHOLE } from './share.ts';
import type { StoredEntry } from './stored-entry.ts';

/** What a stream amounts to so far, and the type of its newest event. */
export type StreamFold = {
  readonly seq: number;
  readonly type: EventType | undefined;
  readonly state: ProposalState;
};

/** What a target, or a place, amounts to so far. */
export type TargetFold = { readonly seq: number; readonly state: TargetState };

/** A stream of which nothing was folded yet. */
export const NO_EVENTS: StreamFold = { seq: 0, type: undefined, state: ABSENT };

/** What all streams and targets amount to so far. */
export type Folds = {
  readonly streams: Map<string, StreamFold>;
  /** By the name of the target, or of the place's lock. */
  readonly targets: Map<string, TargetFold>;
  /** Of which locks it is; a place is often in another share than the targets of its proposals. */
  readonly share: Share;
  /** Streams of other shares, with what the lock of a place of this share needs of them. */
  readonly away: Map<string, AwayStream>;
  /** Proposals whose stored summary was found true at a seq, and whose fold was let go: a million events don't fit in memory. */
  readonly settled: Map<string, number>;
  /** Streams that grew since folds were let go last. */
  readonly grown: Set<string>;
  /** Disowned entries that fit nowhere: what comes after them stands as if they were not there. */
  readonly leftOut: Set<number>;
};

/** A stream of another share. `lock`: that of its place, once it was sealed for one of this share. */
export type AwayStream = { readonly recovers: string | undefined; readonly lock: string | undefined };

/** Nothing folded yet. @param share  of which locks; all of them when left out */
export function noFolds(share: Share = WHOLE): Folds {
  return {
    streams: new Map(),
    targets: new Map(),
    share,
    away: new Map(),
    settled: new Map(),
    grown: new Set(),
    leftOut: new Set(),
  };
}

/** Folds one event in where it fits, and says what is wrong with it. What fits is folded even so: later entries rest on it. */
export function examineMeaning(folds: Folds, entry: StoredEntry, event: RecordedEvent): Problem | undefined {
  const { seq, stream } = entry;
  const before = folds.streams.get(stream) ?? NO_EVENTS;
  if (entry.streamPrev !== before.seq) {
    const what = `entry ${seq} follows entry ${entry.streamPrev} of ${stream}, but entry ${before.seq} is the one before`;
    return { kind: 'stream-mismatch', seq, what };
  }
  const after = foldOne(before.state, event.body);
  if (after.kind === 'impossible') return impossible(seq, after.why);
  const locked = oddLock(folds, entry, event.body, before);
  folds.streams.set(stream, { seq, type: event.body.type, state: after.state });
  folds.grown.add(stream);
  foldTarget(folds, entry, event.body, after.state);
  return (
    oddColumn(entry, event.body, after.state) ??
    oddApproval(entry, event.body, before.state) ??
    examineStatement(event, before.state) ??
    locked
  );
}

function impossible(seq: number, why: string): Problem {
  return { kind: 'impossible', seq, what: `entry ${seq} could not have happened: ${why}` };
}

function foldOne(
  state: ProposalState,
  body: EventBody,
): { readonly kind: 'folded'; readonly state: ProposalState } | { readonly kind: 'impossible'; readonly why: string } {
  try {
    return { kind: 'folded', state: evolve(state, body) };
  } catch (thrown) {
    // evolve is pure and stops only on an event that its state can't have.
    return { kind: 'impossible', why: thrown instanceof Error ? thrown.message.replace(/^bug: /, '') : String(thrown) };
  }
}

function oddColumn(entry: StoredEntry, body: EventBody, state: ProposalState): Problem | undefined {
  const isEvidence = body.type === 'evidence-recorded';
  const target = state.kind === 'absent' ? '' : state.target;
  const proposal = state.kind === 'absent' ? '' : state.proposal;
  const stream = isEvidence ? `evidence:${body.id}` : `proposal:${proposal}`;
  if (entry.stream === stream && entry.type === body.type && entry.proposal === proposal && entry.target === target) {
    return undefined;
  }
  const columns = [
    ['stream', entry.stream, stream],
    ['type', entry.type, body.type],
    ['proposal', entry.proposal, proposal],
    ['target', entry.target, target],
  ] as const;
  const [column, found, expected] = columns.find(([, lie, truth]) => lie !== truth) ?? columns[0];
  const what = `the ${column} of entry ${entry.seq} is "${found}", and its event says "${expected}"`;
  return { kind: 'column-mismatch', seq: entry.seq, what };
}

// Whether an approval counts is decided when it is given; that it is of this very bundle must hold for ever.
function oddApproval(entry: StoredEntry, body: EventBody, state: ProposalState): Problem | undefined {
  if (body.type !== 'approval-given' && body.type !== 'rejected') return undefined;
  const { document } = body.approval;
  const isOfThisBundle =
    'bundleDigest' in state &&
    document.proposal === state.proposal &&
    document.bundleDigest === state.bundleDigest &&
    document.previewDigest === state.previewDigest &&
    document.target === state.target;
  if (isOfThisBundle) return undefined;
  const what = `the approval in entry ${entry.seq} was signed for another bundle, preview, proposal or target`;
  return { kind: 'bad-approval', seq: entry.seq, what };
}

function oddLock(folds: Folds, { seq, target }: StoredEntry, body: EventBody, before: StreamFold): Problem | undefined {
  const place = placeHere(folds, before.state);
  const named = lockOf(folds, target);
  const lock = place === undefined ? named : joinLocks(named, lockOf(folds, place));
  const why = lockTrouble({ ...before, target: lock }, body);
  return why === undefined ? undefined : impossible(seq, why);
}

function foldTarget(folds: Folds, { seq }: StoredEntry, body: EventBody, state: ProposalState): void {
  if (state.kind === 'absent') return;
  const place = placeHere(folds, state);
  for (const name of place === undefined ? [state.target] : [state.target, place]) {
    foldLock(folds, name, { seq, proposal: state.proposal, body });
  }
}

/** Folds what happened to a proposal into one lock. `body` is left out where it is no event that a lock knows of. */
export function foldLock(
  folds: Folds,
  name: string,
  { seq, proposal, body }: { readonly seq: number; readonly proposal: string; readonly body?: EventBody | undefined },
): void {
  const before = lockOf(folds, name);
  folds.targets.set(name, { seq, state: body === undefined ? before : evolveTarget(before, proposal, body) });
}

/** A lock as it was folded so far, by the name of the target or of the place's lock. */
export function lockOf(folds: Folds, name: string): TargetState {
  return folds.targets.get(name)?.state ?? FREE_TARGET;
}

function placeHere(folds: Folds, state: ProposalState): string | undefined {
  const lock = placeLock(state);
  return lock !== undefined && isInShare(folds.share, lock) ? lock : undefined;
}
