/**
 * Executes one approved proposal, once.
 *
 * It must never start anything that the runner's ledger has begun before, whatever record, caller or clock say.
 */

import { invariant, type ProposalState, type Refusal } from '../../kernel/index.ts';
import { beginExecution } from './begin-execution.ts';
import { claimProposal, confirmClaim, giveBack, giveBackAfter } from './claim-proposal.ts';
import type { ExecutionAnswer, HeldClaim } from './execution-answer.ts';
import type { ExecutionParts } from './execution-parts.ts';
import { type Prepared, prepareExecution } from './prepare-execution.ts';
import { recoverUnfinished } from './recover-unfinished.ts';
import { refuseBegun } from './write-intent.ts';

const CLAIM_BYTES = 16;
const NEVER = new AbortController().signal;

/**
 * Runs the sealed bundle of an approved proposal and reports what was observed of it.
 *
 * Claims, folds the record anew with its claim in it, has the verifier look, re-checks bundle, preview, signatures, quorum, policy and every sealed fact by the runner's own
 * trust, makes nonces and intent durable, looks once more, and only then launches.
 *
 * @param proposal  full id
 * @param signal  asks the tool to stop: SIGTERM, once; the runner goes on watching until it ends
 * @returns what was observed; or that facts differ and nothing ran; or a refusal and nothing ran
 * @throws Failure of store, ledger, trust or tool. Before the intent nothing is spent; after it the next start says how it ended
 */
export async function executeApproved(
  parts: ExecutionParts,
  proposal: string,
  signal: AbortSignal = NEVER,
): Promise<ExecutionAnswer> {
  const rolledBack = await parts.checkRecord();
  if (rolledBack !== undefined) return rolledBack;
  await recoverUnfinished(parts);
  const { state } = await parts.journal.standing(proposal);
  const begun = await refuseOlderRecord(parts, proposal, state);
  if (begun !== undefined) return begun;

  const claim = Buffer.from(parts.random.bytes(CLAIM_BYTES)).toString('hex');
  const hold = await parts.holds.take(claim);
  invariant(hold !== undefined, 'nobody can hold a claim that has just been made up');
  try {
    await parts.progress.reached('held', proposal);
    const claimed = await claimProposal(parts, proposal, claim);
    if (claimed.kind === 'refused') return claimed;
    await parts.progress.reached('claimed', proposal);
    const answer = await executeClaimed(parts, claimed, signal);
    // Remembered once more, so that a record that forgets this execution is caught by its head as well as by the ledger.
    await parts.checkRecord();
    return answer;
  } finally {
    await hold.release();
  }
}

async function executeClaimed(parts: ExecutionParts, held: HeldClaim, signal: AbortSignal): Promise<ExecutionAnswer> {
  const prepared = await prepareOrGiveBack(parts, held);
  return prepared.kind === 'prepared' ? await beginExecution(parts, prepared, signal) : prepared;
}

async function prepareOrGiveBack(parts: ExecutionParts, held: HeldClaim): Promise<Prepared | ExecutionAnswer> {
  try {
    const confirmed = await confirmClaim(parts, held);
    if (confirmed.kind === 'refused') return await giveBack(parts, held, confirmed);
    const prepared = await prepareExecution(parts, confirmed);
    return prepared.kind === 'prepared' ? prepared : await giveBack(parts, held, prepared);
  } catch (thrown) {
    await giveBackAfter(parts, held, thrown);
    throw thrown;
  }
}

// A record that was restored from an older copy forgets what ran; the ledger does not.
async function refuseOlderRecord(
  parts: ExecutionParts,
  proposal: string,
  state: ProposalState,
): Promise<Refusal | undefined> {
  const mayStillRun = state.kind === 'proposed' || state.kind === 'open' || state.kind === 'approved';
  return mayStillRun ? await refuseBegun(parts, proposal, state.bundleDigest) : undefined;
}
