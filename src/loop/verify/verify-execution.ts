/** Verifies an execution: asks the world, judges what it says, signs, and records. Believes nobody's report (L7). */

import {
  type CheckObservation,
  judge,
  LEGAL_IN,
  type ProposalState,
  type Refusal,
  type StateOf,
  type Verdict,
} from '../../kernel/index.ts';
import { signedText } from '../../record/index.ts';
import { checkWords } from './check-words.ts';
import { putChecks } from './put-checks.ts';
import { refuseAt } from './refusal.ts';
import { refuseDestroyed } from './refuse-destroyed.ts';
import { loadSealedWork } from './sealed-work.ts';
import { type VerifyParts, verifierOf } from './verify-parts.ts';

/** What the verifier found. */
export type VerifyAnswer =
  | {
      readonly kind: 'verified';
      readonly verdict: Verdict;
      /** What the verdict rests on. */
      readonly observations: readonly CheckObservation[];
      readonly state: ProposalState;
    }
  | Refusal;

/**
 * Puts all checks of the sealed bundle to the world and records a signed verdict, whatever the outcome was.
 *
 * Verifying again appends a verdict; earlier ones stay. Where the bundle lacks a check that the operator mandates now, green
 * answers count as unknown: a look at less than was mandated can refute, never confirm, and the target is held for a person.
 *
 * @returns the verdict and the state after it; or a refusal `NOT_LEGAL_NOW` (also where the close destroyed what a check needs),
 * `WRONG_DOCUMENT`, `OWN_WORK`, `SIGNATURE_INVALID` (the outcome is not the runner's signed word, or the look before not a
 * verifier's), or that of `checkRecord`
 * @throws Failure `BLOB_MISSING`, `BLOB_CORRUPT`, `SIGNING_FAILED`, and what journal and trust file throw
 */
export async function verifyExecution(parts: VerifyParts, proposal: string): Promise<VerifyAnswer> {
  const rolledBack = await parts.checkRecord();
  if (rolledBack !== undefined) return rolledBack;
  const { state } = await parts.journal.standing(proposal);
  if (!isFinished(state)) return refuseNow(proposal, state);
  const work = await loadSealedWork(parts, state);
  if (work.kind === 'refused') return work;
  const destroyed = await refuseDestroyed(parts, state, work.sealed);
  if (destroyed !== undefined) return destroyed;
  const mistrust = await checkWords(parts, state, work);
  if (mistrust !== undefined) return mistrust;
  const seen = await putChecks(parts, work, 'after');
  const observations = work.dropped.length === 0 ? seen : seen.map((one) => doubt(one, work.dropped));
  const verdict = judge(state.checks, state.baseline, observations, state.outcome.kind);
  const signature = await parts.signer.sign(signedText(proposal, { type: 'verified', observations, verdict }));
  const signed = { key: parts.signer.key, signature };
  const answer = await parts.journal.ask(
    proposal,
    { kind: 'verify', verified: { observations, verdict, signed } },
    verifierOf(parts.signer),
  );
  return answer.kind === 'refused' ? answer : { kind: 'verified', verdict, observations, state: answer.state };
}

function doubt(observation: CheckObservation, dropped: readonly string[]): CheckObservation {
  if (observation.answer !== 'green') return observation;
  const detail = `green, but the bundle lacks the mandated ${dropped.join(', ')}: this confirms nothing`;
  return { ...observation, answer: 'unknown', detail };
}

function isFinished(state: ProposalState): state is StateOf<'executed' | 'held' | 'closed'> {
  return LEGAL_IN.verify.includes(state.kind);
}

function refuseNow(proposal: string, state: ProposalState): Refusal {
  return refuseAt(proposal, 'NOT_LEGAL_NOW', {
    what: 'verify',
    why: `the proposal is ${state.kind}: there is no execution to verify`,
    next: `countersign show ${proposal}`,
  });
}
