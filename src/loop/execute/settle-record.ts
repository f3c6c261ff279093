/**
 * Brings the record to the end that the ledger knows: one way for a live runner and for the one that comes after a crash.
 *
 * Every end is signed by the runner. An execution that began is never recorded as anything better than what was observed.
 */

import { invariant, type Outcome, type ProposalState, type Refusal, type StateOf } from '../../kernel/index.ts';
import { signedText } from '../../record/index.ts';
import type { HeldClaim } from './execution-answer.ts';
import type { ExecutionParts } from './execution-parts.ts';
import type { LedgerEnd } from './ledger.ts';
import { takeBaseline } from './prepare-execution.ts';
import { runnerPrincipal } from './runner-principal.ts';

/** What the record says now. `elsewhere`: it does not know this claim as executing. */
export type Settled =
  | { readonly kind: 'settled'; readonly state: ProposalState }
  | { readonly kind: 'elsewhere'; readonly state: ProposalState }
  | Refusal;

/** A claim whose end is known. */
export type Ending = {
  readonly proposal: string;
  readonly claim: string;
  readonly nonces: readonly string[];
  readonly end: LedgerEnd;
};

/** A claim that is about to begin. */
type Starting = Omit<Ending, 'end'> & Pick<HeldClaim, 'reconciled'>;

/** Records the end of a claim. Safe to call again. @throws Failure of the store */
export async function settleRecord(parts: ExecutionParts, ending: Ending): Promise<Settled> {
  const { state } = await parts.journal.standing(ending.proposal);
  if (state.kind !== 'executing' || state.claim.claim !== ending.claim) return { kind: 'elsewhere', state };
  if (ending.end.kind === 'executed') return await finishStarted(parts, ending, state, ending.end.outcome);
  if (state.stage === 'started') return await finish(parts, ending, nothingRan(ending.end));
  const finding = { differences: ending.end.differences, spent: true };
  return await ask(parts, ending.proposal, { kind: 'find-stale', finding, claim: ending.claim });
}

/** Records that it starts. The kernel refuses without a baseline, when it has begun, and when another claim holds it. */
export async function recordStart(parts: ExecutionParts, starting: Starting): Promise<Settled> {
  const { proposal, claim, nonces, reconciled = [] } = starting;
  const said = reconciled.length === 0 ? { nonces } : { nonces, reconciled };
  const signature = await parts.signer.sign(signedText(proposal, { type: 'started', ...said }));
  const start = { ...said, signed: { key: parts.signer.key, signature } };
  return await ask(parts, proposal, { kind: 'start', start, claim });
}

async function finishStarted(
  parts: ExecutionParts,
  ending: Ending,
  state: StateOf<'executing'>,
  outcome: Outcome,
): Promise<Settled> {
  if (state.stage !== 'started') {
    const started = await startLate(parts, ending, state);
    if (started.kind !== 'settled') return started;
  }
  return await finish(parts, ending, outcome);
}

// The ledger began it and the record does not know: the record learns of the start before it learns of the end.
async function startLate(parts: ExecutionParts, ending: Ending, state: StateOf<'executing'>): Promise<Settled> {
  if (state.stage === 'claimed') {
    const unseen = await takeBaseline(parts, { proposal: ending.proposal, claim: ending.claim, state });
    if (unseen !== undefined) return unseen;
  }
  return await recordStart(parts, ending);
}

async function finish(parts: ExecutionParts, ending: Ending, outcome: Outcome): Promise<Settled> {
  const { proposal, claim } = ending;
  const signature = await parts.signer.sign(signedText(proposal, { type: 'executed', outcome }));
  const signed = { key: parts.signer.key, signature };
  return await ask(parts, proposal, { kind: 'finish', finish: { outcome, signed }, claim });
}

function nothingRan(end: Extract<LedgerEnd, { readonly kind: 'stale' }>): Outcome {
  const names = end.differences.map((difference) => difference.name).join(', ');
  invariant(names !== '', 'a stale end names what differs');
  const why = `stopped before the tool was launched: ${names}`;
  return { kind: 'no-effect', resources: [], end: { kind: 'not-started', why }, because: [why], evidence: [] };
}

type EndingCommand = Parameters<ExecutionParts['journal']['ask']>[1];

async function ask(parts: ExecutionParts, proposal: string, command: EndingCommand): Promise<Settled> {
  const answer = await parts.journal.ask(proposal, command, runnerPrincipal(parts.signer));
  return answer.kind === 'refused' ? answer : { kind: 'settled', state: answer.state };
}
