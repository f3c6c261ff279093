/** The point of no return: intent, a last look, the start in the record, and only then the tool. */

import { type FactDifference, Failure, isFailure, visibleLine } from '../../kernel/index.ts';
import { giveBack, giveBackAfter } from './claim-proposal.ts';
import type { ExecutionAnswer } from './execution-answer.ts';
import type { ExecutionParts } from './execution-parts.ts';
import type { LedgerEnd } from './ledger.ts';
import { observeOutcome } from './observe-outcome.ts';
import type { Prepared } from './prepare-execution.ts';
import { probeFacts } from './probe-facts.ts';
import { runTool } from './run-tool.ts';
import { recordStart, type Settled, settleRecord } from './settle-record.ts';
import { writeIntent } from './write-intent.ts';

/** Runs what was prepared, once. A difference found after the intent is stale, and the approvals are spent. */
export async function beginExecution(
  parts: ExecutionParts,
  prepared: Prepared,
  signal: AbortSignal,
): Promise<ExecutionAnswer> {
  const { held } = prepared;
  const refusal = await intendOrGiveBack(parts, prepared, signal);
  if (refusal !== undefined) return refusal;
  await parts.progress.reached('intended', held.proposal);

  const stopped = await startOrSpend(parts, prepared);
  if (stopped !== undefined) return stopped;
  await parts.progress.reached('started', held.proposal);

  const ran = await runTool(parts, prepared, signal);
  await parts.progress.reached('ended', held.proposal);
  const outcome = await observeOutcome(parts, prepared.bundle, ran);
  await parts.progress.reached('observed', held.proposal);

  const settled = await conclude(parts, prepared, { kind: 'executed', outcome });
  if (settled.kind !== 'settled') throw lostRecord(held.proposal);
  await parts.progress.reached('finished', held.proposal);
  return { kind: 'executed', outcome, state: settled.state };
}

async function intendOrGiveBack(
  parts: ExecutionParts,
  prepared: Prepared,
  signal: AbortSignal,
): Promise<ExecutionAnswer | undefined> {
  try {
    if (signal.aborted) throw interrupted(prepared.held.proposal);
    const refusal = await writeIntent(parts, prepared);
    return refusal === undefined ? undefined : await giveBack(parts, prepared.held, refusal);
  } catch (thrown) {
    await giveBackAfter(parts, prepared.held, thrown);
    throw thrown;
  }
}

async function startOrSpend(parts: ExecutionParts, prepared: Prepared): Promise<ExecutionAnswer | undefined> {
  try {
    const differences = await probeFacts(parts, prepared.bundle);
    if (differences.length > 0) return await spend(parts, prepared, differences);
    await parts.progress.reached('reprobed', prepared.held.proposal);
    const started = await recordStart(parts, { ...prepared.held, nonces: prepared.authorised.nonces });
    if (started.kind !== 'refused') return undefined;
    await spend(parts, prepared, [{ name: 'record', sealed: 'ready', found: started.why }]);
    return started;
  } catch (thrown) {
    // Nothing was launched, and nothing ever will be: the ledger says so even where the record can't.
    await spend(parts, prepared, [{ name: 'runner', sealed: undefined, found: reason(thrown) }]);
    throw thrown;
  }
}

async function spend(
  parts: ExecutionParts,
  prepared: Prepared,
  differences: readonly FactDifference[],
): Promise<ExecutionAnswer> {
  await conclude(parts, prepared, { kind: 'stale', differences });
  return { kind: 'stale', differences, spent: true };
}

// The ledger first: if the record can't be written, the next start reads the end there. If the ledger can't, the record still can.
async function conclude(parts: ExecutionParts, prepared: Prepared, end: LedgerEnd): Promise<Settled> {
  const { proposal, claim } = prepared.held;
  const ending = { proposal, claim, nonces: prepared.authorised.nonces, end };
  try {
    await parts.ledger.conclude(claim, end);
  } catch (thrown) {
    await settleRecord(parts, ending);
    throw thrown;
  }
  await parts.progress.reached('concluded', proposal);
  return await settleRecord(parts, ending);
}

function reason(thrown: unknown): string {
  return visibleLine(isFailure(thrown) ? `${thrown.code}: ${thrown.message}` : 'a bug in the runner');
}

function interrupted(proposal: string): Failure {
  return new Failure('INTERRUPTED', `interrupted before ${proposal} began; nothing ran`, {
    hint: 'the approval is still good: execute again when you are ready',
    where: proposal,
  });
}

function lostRecord(proposal: string): Failure {
  return new Failure(
    'RECORD_ROLLED_BACK',
    `the record no longer knows the execution of ${proposal} that has just run`,
    {
      hint: "the outcome stands in the runner's ledger; find out who replaced the record before anything else runs",
      where: proposal,
    },
  );
}
