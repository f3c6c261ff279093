/** Takes an approved proposal for this runner, and gives it back when nothing ran. */

import { invariant, isFailure, type Refusal, visibleLine } from '../../kernel/index.ts';
import { examineReleases } from './examine-releases.ts';
import type { ExecutionAnswer, HeldClaim, Stop } from './execution-answer.ts';
import type { ExecutionParts } from './execution-parts.ts';
import { runDirectories } from './run-directories.ts';
import { runnerPrincipal } from './runner-principal.ts';

/** Claims in the record. The kernel refuses a wrong runner, a busy or held target, a release that does not hold, a missing quorum, and what ran out. */
export async function claimProposal(
  parts: ExecutionParts,
  proposal: string,
  claim: string,
): Promise<({ readonly kind: 'held' } & HeldClaim) | Refusal> {
  const accountsOf = await parts.authority.accountsOf();
  const releases = await examineReleases(parts, proposal);
  const own = { runner: parts.signer.name, claim, account: parts.account, level: parts.level };
  const answer = await parts.journal.ask(
    proposal,
    { kind: 'claim', claim: own, accountsOf, releases },
    runnerPrincipal(parts.signer),
  );
  if (answer.kind === 'refused') return answer;
  invariant(answer.state.kind === 'executing', 'a claim leads to an execution');
  const reconciled = releases.filter(({ why }) => why === undefined).map((release) => release.proposal);
  return { kind: 'held', proposal, claim, state: answer.state, reconciled };
}

/**
 * Looks at a claim once more, by everything that the record gained with it: what happened between the look and the claim counts.
 *
 * @returns the claim with the state that the record's entries amount to; or a refusal, and then it is to be given back
 * @throws Failure `RECORD_BROKEN`, `RECORD_ROLLED_BACK`
 */
export async function confirmClaim(
  parts: ExecutionParts,
  held: HeldClaim,
): Promise<({ readonly kind: 'held' } & HeldClaim) | Refusal> {
  const rolledBack = await parts.checkRecord();
  if (rolledBack !== undefined) return rolledBack;
  const { proposal, claim } = held;
  const { state } = await parts.journal.standing(proposal);
  if (state.kind === 'executing' && state.claim.claim === claim) return { ...held, kind: 'held', state };
  return {
    kind: 'refused',
    code: 'NOT_LEGAL_NOW',
    what: 'this execution',
    where: proposal,
    why: `the claim ${claim} was given up before anything began, and the proposal is ${state.kind}`,
    next: `countersign show ${proposal}`,
  };
}

/** Ends a claim of which nothing ran: released for another try, or stale for good. */
export async function giveBack(parts: ExecutionParts, held: HeldClaim, stop: Stop): Promise<ExecutionAnswer> {
  await forgetRun(parts, held);
  if (stop.kind === 'refused') {
    await releaseClaim(parts, held, `${stop.code}: ${stop.why}`);
    return stop;
  }
  const { differences } = stop;
  const command = { kind: 'find-stale', finding: { differences, spent: false }, claim: held.claim } as const;
  const answer = await parts.journal.ask(held.proposal, command, runnerPrincipal(parts.signer));
  if (answer.kind === 'refused') return answer;
  return stop.refusal ?? { kind: 'stale', differences, spent: false };
}

/** Gives a claim back because of a failure, which the caller goes on to report. */
export async function giveBackAfter(parts: ExecutionParts, held: HeldClaim, thrown: unknown): Promise<void> {
  await forgetRun(parts, held);
  await releaseClaim(parts, held, isFailure(thrown) ? `${thrown.code}: ${thrown.message}` : 'a bug in the runner');
}

/** Releases a claim. Refused only when it was given up or ended first, and then there is nothing left to release. */
export async function releaseClaim(
  parts: ExecutionParts,
  held: Pick<HeldClaim, 'proposal' | 'claim'>,
  why: string,
): Promise<void> {
  const command = { kind: 'release', why: visibleLine(why), claim: held.claim } as const;
  await parts.journal.ask(held.proposal, command, runnerPrincipal(parts.signer));
}

async function forgetRun(parts: ExecutionParts, held: HeldClaim): Promise<void> {
  await parts.files.remove(runDirectories(parts, held.proposal, held.claim).root);
}
