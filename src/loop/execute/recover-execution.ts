/** Ends one execution whose process is dead: released when it never began, else what can be known of it, and never more. */

import { isFailure, type Outcome, type ProposalState, type StateOf, visibleLine } from '../../kernel/index.ts';
import { releaseClaim } from './claim-proposal.ts';
import type { ExecutionParts } from './execution-parts.ts';
import type { Intent, LedgerEnd, LedgerEntry } from './ledger.ts';
import { observeLeftovers } from './observe-leftovers.ts';
import { runDirectories } from './run-directories.ts';
import { settleRecord } from './settle-record.ts';

/** An execution that may need an end. */
export type Unfinished = Pick<Intent, 'proposal' | 'claim' | 'bundleDigest'>;

/**
 * What became of it.
 *
 * `released`: it never began. `ended`: its end stands in the record. `record-older`: the ledger knows its end, the record has
 * forgotten that it began. `unresolved`: its end could not be recorded yet; the next start tries again.
 */
export type Recovered = {
  readonly kind: 'released' | 'ended' | 'record-older' | 'unresolved';
  readonly proposal: string;
  readonly claim: string;
  /** One sentence for people. */
  readonly why: string;
};

/** Ends one execution. `undefined` when a living process owns it, or nothing was left to do. */
export async function recoverExecution(parts: ExecutionParts, unfinished: Unfinished): Promise<Recovered | undefined> {
  const hold = await parts.holds.take(unfinished.claim);
  if (hold === undefined) return undefined;
  try {
    return await recoverHeld(parts, unfinished);
  } catch (thrown) {
    if (!isFailure(thrown)) throw thrown;
    return answer(unfinished, 'unresolved', `${thrown.code}: ${thrown.message}`);
  } finally {
    await hold.release();
  }
}

async function recoverHeld(parts: ExecutionParts, unfinished: Unfinished): Promise<Recovered | undefined> {
  const { state } = await parts.journal.standing(unfinished.proposal);
  const executing = state.kind === 'executing' && state.claim.claim === unfinished.claim ? state : undefined;
  const entry = await ownEntry(parts, unfinished);
  if (entry === undefined) return await recoverWithoutIntent(parts, unfinished, executing);
  const end = entry.end ?? recordedEnd(state, unfinished) ?? (await endBegun(parts, entry.intent, executing));
  if (entry.end === undefined) await parts.ledger.conclude(unfinished.claim, end);
  const settled = await settleRecord(parts, { ...unfinished, nonces: entry.intent.nonces, end });
  if (settled.kind === 'settled') return answer(unfinished, 'ended', whyOf(end));
  if (settled.kind === 'refused') return answer(unfinished, 'unresolved', settled.why);
  const isKnown = recordedEnd(settled.state, unfinished) !== undefined;
  return isKnown ? undefined : answer(unfinished, 'record-older', whyOf(end));
}

async function ownEntry(parts: ExecutionParts, unfinished: Unfinished): Promise<LedgerEntry | undefined> {
  const entry = await parts.ledger.find(unfinished.bundleDigest);
  return entry?.intent.claim === unfinished.claim ? entry : undefined;
}

async function recoverWithoutIntent(
  parts: ExecutionParts,
  unfinished: Unfinished,
  executing: StateOf<'executing'> | undefined,
): Promise<Recovered | undefined> {
  if (executing === undefined) return undefined;
  if (executing.stage === 'started') {
    const why = "the record says that it began, and the runner's ledger has lost it";
    const end: LedgerEnd = { kind: 'executed', outcome: lost([why]) };
    const settled = await settleRecord(parts, { ...unfinished, nonces: [], end });
    return answer(unfinished, settled.kind === 'settled' ? 'ended' : 'unresolved', why);
  }
  await parts.files.remove(runDirectories(parts, unfinished.proposal, unfinished.claim).root);
  const why = 'the runner died before anything began';
  await releaseClaim(parts, unfinished, why);
  return answer(unfinished, 'released', why);
}

// The record has an end that the ledger missed: the disk of the ledger was full, or the ledger was restored.
function recordedEnd(state: ProposalState, unfinished: Unfinished): LedgerEnd | undefined {
  if ('outcome' in state && state.claim.claim === unfinished.claim) return { kind: 'executed', outcome: state.outcome };
  const differences = [{ name: 'record', sealed: 'approved', found: 'stale' }];
  return state.kind === 'stale' ? { kind: 'stale', differences } : undefined;
}

async function endBegun(
  parts: ExecutionParts,
  intent: Intent,
  executing: StateOf<'executing'> | undefined,
): Promise<LedgerEnd> {
  const reaped = await parts.launcher.reap(intent.claim, parts.pace.reapWithinMs);
  const because = ['the runner died while it executed'];
  if (reaped.found > 0) because.push(`${reaped.found} of its processes still ran and were asked to stop`);
  if (reaped.alive > 0) because.push(`${reaped.alive} of its processes did not stop and still run`);
  if (executing?.stage !== 'started') because.push("the record has no start of it, the runner's ledger has");
  // Nobody saw it end, and such a trace is never observed as anything better than indeterminate.
  const observed = await observeLeftovers(parts, intent, {
    survivors: reaped.alive,
    isStarted: executing?.stage === 'started',
  });
  return {
    kind: 'executed',
    outcome: { ...observed, because: [...because, ...observed.because] },
  };
}

function lost(because: readonly string[]): Outcome {
  return { kind: 'indeterminate', resources: [], end: { kind: 'lost' }, because, evidence: [] };
}

function whyOf(end: LedgerEnd): string {
  return end.kind === 'stale'
    ? `facts differed before the start: ${end.differences.map((difference) => difference.name).join(', ')}`
    : `the outcome is ${end.outcome.kind}: ${end.outcome.because.join('; ')}`;
}

function answer(unfinished: Unfinished, kind: Recovered['kind'], why: string): Recovered {
  return { kind, proposal: unfinished.proposal, claim: unfinished.claim, why: visibleLine(why) };
}
