/** Looks at the world before an execution: at the proposal, so that a person sees what is red, and right before the start. */

import {
  type CheckObservation,
  type CheckPhase,
  LEGAL_IN,
  type ProposalState,
  type Refusal,
  type StateOf,
} from '../../kernel/index.ts';
import { signedText } from '../../record/index.ts';
import { putChecks } from './put-checks.ts';
import { refuseAt } from './refusal.ts';
import { loadSealedWork } from './sealed-work.ts';
import { type VerifyParts, verifierOf } from './verify-parts.ts';

/** What a look found. */
export type LookAnswer =
  | {
      readonly kind: 'looked';
      readonly phase: CheckPhase;
      readonly observations: readonly CheckObservation[];
      readonly state: ProposalState;
    }
  | Refusal;

type LookedAtState = StateOf<'proposed' | 'open' | 'approved' | 'executing'>;

/**
 * Puts the sealed checks of a proposal to the world and records the signed answers.
 *
 * While a runner holds the claim and has not started, the look is the baseline that the execution waits for; before that, it is for
 * the people who approve. A bundle that lacks what the operator mandates is refused here, so that nothing starts on it. A look
 * during which a runner claimed the proposal is refused and must be taken again: it was signed as an earlier one.
 *
 * @returns the observations and the state after them; or a refusal `NOT_LEGAL_NOW`, `WRONG_DOCUMENT`, `OWN_WORK`, `POLICY`, or that
 * of `checkRecord`
 * @throws Failure `BLOB_MISSING`, `BLOB_CORRUPT`, `SIGNING_FAILED`, and what journal and trust file throw
 */
export async function lookAt(parts: VerifyParts, proposal: string): Promise<LookAnswer> {
  const rolledBack = await parts.checkRecord();
  if (rolledBack !== undefined) return rolledBack;
  const { state } = await parts.journal.standing(proposal);
  if (!maySee(state)) return refuseNow(proposal, state);
  const work = await loadSealedWork(parts, state);
  if (work.kind === 'refused') return work;
  if (work.dropped.length > 0) return refuseDropped(proposal, work.dropped);
  const phase = state.kind === 'executing' ? 'before' : 'proposed';
  const observations = await putChecks(parts, work, phase);
  const signature = await parts.signer.sign(signedText(proposal, { type: 'observed', phase, observations }));
  const signed = { key: parts.signer.key, signature };
  const answer = await parts.journal.ask(
    proposal,
    { kind: 'look', phase, observations, signed },
    verifierOf(parts.signer),
  );
  return answer.kind === 'refused' ? answer : { kind: 'looked', phase, observations, state: answer.state };
}

function maySee(state: ProposalState): state is LookedAtState {
  return LEGAL_IN.look.includes(state.kind) && !(state.kind === 'executing' && state.stage === 'started');
}

function refuseNow(proposal: string, state: ProposalState): Refusal {
  return refuseAt(proposal, 'NOT_LEGAL_NOW', {
    what: 'look',
    why: state.kind === 'executing' ? 'it has begun: a look is no baseline any more' : `the proposal is ${state.kind}`,
    next: `countersign show ${proposal}`,
  });
}

function refuseDropped(proposal: string, dropped: readonly string[]): Refusal {
  return refuseAt(proposal, 'POLICY', {
    what: 'this look',
    why: `the bundle lacks checks that the trust file mandates: ${dropped.join(', ')}`,
    next: 'propose the change again, so that they are sealed with it',
  });
}
