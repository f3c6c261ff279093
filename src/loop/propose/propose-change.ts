/**
 * Makes a proposal of a change: draft, plan, seal, admit, look.
 *
 * Whatever dies between two of these steps, a retry of the same change finds the same draft and goes on from there, and there are
 * never two proposals of one draft under way. Nothing here runs the change, and nothing here approves it.
 */

import { type Failure, isFailure, type ProposalState, placeOf, type Refusal } from '../../kernel/index.ts';
import type { PlanAnswer } from '../../tools/index.ts';
import { admitProposal, PLANNER } from './admit-proposal.ts';
import { findSameDraft } from './find-drafts.ts';
import { type IdentifiedChange, identifyChange } from './identify-change.ts';
import { claimPlanning, isBeingPlanned, releasePlanning } from './planning-mark.ts';
import { makeProposalId } from './proposal-id.ts';
import type { ProposeAnswer, ProposeParts, ProposeRequest } from './propose-parts.ts';
import { recoveredExecution } from './recovered-execution.ts';
import { refuseOtherPlace, refuseRecovery } from './refuse-recovery.ts';
import { sealBundle } from './seal-bundle.ts';
import { sweepEnded } from './sweep-ended.ts';
import type { TargetPolicy } from './target-policy.ts';

/**
 * Proposes a change.
 *
 * @returns what became of it; everything but a Refusal of the request itself and the answer `again` is in the record
 * @throws Failure `USAGE`, `NOT_FOUND` on a request that can't be meant, `TRUST_MISSING`, `CONFIG_INVALID` from the policy, and those
 * of the store; the draft stays then, and a retry goes on with it
 */
export async function proposeChange(parts: ProposeParts, request: ProposeRequest): Promise<ProposeAnswer> {
  const change = await identifyChange(parts, request);
  if (change.kind === 'refused') return change;
  const policy = await parts.policyFor(change.directory);
  const found = await findOrDraft(parts, request, change);
  if (found.kind === 'refused') return found;
  const { id, state } = found;
  switch (state.kind) {
    case 'drafted':
      return await planDraft(parts, { request, change, policy, id }, found.isMine);
    case 'proposed':
      return await admitProposal(parts, policy, id, []);
    case 'open':
    case 'approved':
      // A retry after a crash gives what the first try owed: older drafts ended, the checks looked at.
      await admitProposal(parts, policy, id, []);
      return { kind: 'again', id, state: (await parts.journal.standing(id)).state };
    default:
      return { kind: 'again', id, state };
  }
}

type Draft = {
  readonly kind: 'draft';
  readonly id: string;
  readonly state: ProposalState;
  /** This process made it just now, and it carries this process's mark. */
  readonly isMine: boolean;
};

async function findOrDraft(
  parts: ProposeParts,
  request: ProposeRequest,
  change: IdentifiedChange,
): Promise<Draft | Refusal> {
  const known = await findSameDraft(parts, request.target, change.draftDigest);
  if (known !== undefined && !(await hasExpired(parts, known.proposal))) {
    return { kind: 'draft', id: known.proposal, state: known.state, isMine: false };
  }
  const refusal = await refuseRecovery(parts, request);
  if (refusal !== undefined) return refusal;
  const id = makeProposalId(parts.random);
  const { target, driver, proposer, recovers } = request;
  const { draftDigest, changeDigest, intent } = change;
  const draft = { proposal: id, target, driver, intent, proposer, draftDigest, changeDigest, recovers };
  // Marked before it exists: nobody who finds the draft can take it for an abandoned one.
  await claimPlanning(parts, id);
  const answer = await parts.journal.ask(id, { kind: 'draft', draft }, proposer);
  if (answer.kind === 'refused') {
    await releasePlanning(parts, id);
    return answer;
  }
  return await yieldToEarlier(parts, draft, { kind: 'draft', id, state: answer.state, isMine: true });
}

// Time passes without anybody recording it. What nobody can approve any more is no answer to a retry.
async function hasExpired(parts: ProposeParts, id: string): Promise<boolean> {
  const answer = await parts.journal.ask(id, { kind: 'expire' }, PLANNER);
  if (answer.kind === 'refused') return false;
  await sweepEnded(parts, answer.state);
  return true;
}

// Two processes may draft the same at once. The record has an order: whoever is later sees the earliest, and gives way to it.
async function yieldToEarlier(
  parts: ProposeParts,
  { target, draftDigest }: { readonly target: string; readonly draftDigest: string },
  mine: Draft,
): Promise<Draft> {
  const earliest = await findSameDraft(parts, target, draftDigest);
  if (earliest === undefined || earliest.proposal === mine.id) return mine;
  await parts.journal.ask(mine.id, { kind: 'supersede', by: earliest.proposal }, PLANNER);
  await releasePlanning(parts, mine.id);
  return { ...mine, id: earliest.proposal, state: earliest.state, isMine: false };
}

type Planning = {
  readonly request: ProposeRequest;
  readonly change: IdentifiedChange;
  readonly policy: TargetPolicy;
  readonly id: string;
};

async function planDraft(parts: ProposeParts, planning: Planning, isMine: boolean): Promise<ProposeAnswer> {
  const { id, policy } = planning;
  if (!isMine) {
    if (await isBeingPlanned(parts, id)) return await asItStands(parts, id);
    await claimPlanning(parts, id);
  }
  try {
    const answer = await planAndSeal(parts, planning);
    return answer.kind === 'sealed' ? await admitProposal(parts, policy, id, answer.notes) : answer;
  } finally {
    await releasePlanning(parts, id);
  }
}

type SealAnswer = { readonly kind: 'sealed'; readonly notes: readonly string[] } | ProposeAnswer;

async function planAndSeal(parts: ProposeParts, planning: Planning): Promise<SealAnswer> {
  const { request, change, policy, id } = planning;
  const scratch = await parts.files.makeTemporary(parts.scratchDirectory, `plan-${id}-`);
  try {
    const planned = await askDriver(parts, planning, scratch);
    if (planned.kind === 'unplannable') return await unplannable(parts, id, planned);
    const { driver, target } = request;
    const elsewhere = await refuseOtherPlace(parts, request, placeOf(parts.hash, planned.facts));
    const resolved = elsewhere ?? policy.resolve({ target, driver, facts: planned.facts, directory: change.directory });
    if (resolved.kind === 'refused') {
      const marked = await unplannable(parts, id, { ...resolved, text: '' });
      return marked.kind === 'unplannable' ? resolved : marked;
    }
    const sealed = await sealBundle(parts, { id, request, change, planned, target: resolved });
    const answer = await parts.journal.ask(id, { kind: 'seal', sealed }, PLANNER);
    if (answer.kind === 'decided') return { kind: 'sealed', notes: resolved.notes };
    return answer.code === 'POLICY'
      ? await unplannable(parts, id, { ...answer, text: '' })
      : await asItStands(parts, id);
  } catch (thrown) {
    if (!isFailure(thrown) || isPassing(thrown)) throw thrown;
    return await unplannable(parts, id, { why: thrown.message, next: thrown.hint, text: '' });
  } finally {
    await parts.files.remove(scratch);
  }
}

async function askDriver(parts: ProposeParts, planning: Planning, scratch: string): Promise<PlanAnswer> {
  const { request, change, id } = planning;
  return await parts.drivers[request.driver].plan({
    proposal: id,
    directory: change.directory,
    argv: request.argv,
    environment: change.environment.variables,
    secretVariables: change.environment.secretVariables,
    stdin: request.stdin,
    recovers: await recoveredExecution(parts, request),
    scratch,
  });
}

// What is wrong with the store or the moment is not wrong with the change: the draft waits for a retry.
function isPassing(failure: Failure): boolean {
  return failure.code.startsWith('STORE_') || failure.code === 'CONTENTION' || failure.code === 'INTERRUPTED';
}

type Reason = { readonly why: string; readonly next: string; readonly text: string };

async function unplannable(parts: ProposeParts, id: string, reason: Reason): Promise<ProposeAnswer> {
  const { why, next, text } = reason;
  const answer = await parts.journal.ask(id, { kind: 'mark-unplannable', finding: { why, next } }, PLANNER);
  return answer.kind === 'decided' ? { kind: 'unplannable', id, why, next, text } : await asItStands(parts, id);
}

// Somebody withdrew it, or another process finished it first: what stands in the record is the answer.
async function asItStands(parts: ProposeParts, id: string): Promise<ProposeAnswer> {
  return { kind: 'again', id, state: (await parts.journal.standing(id)).state };
}
