/**
 * The verdict: what the verifier found in the world.
 *
 * A check can confirm only what it could also have refuted: red before and green after. One that was green before is an
 * invariant: it can refute, never confirm (L7).
 */

import type { CheckKind, CheckObservation, CheckSpec } from './check.ts';
import type { OutcomeKind } from './outcome.ts';

/** Three answers. Inconclusive never counts as confirmed. */
export type VerdictKind = 'confirmed' | 'refuted' | 'inconclusive';

/** What one check contributed. */
export type CheckFinding = {
  readonly id: string;
  readonly role: 'confirms' | 'refutes' | 'holds' | 'unknown';
  readonly why: string;
};

/** What the verifier found. */
export type Verdict = {
  readonly kind: VerdictKind;
  /**
   * Every check answered after exactly as before, on the same bytes: the world is as it was, as far as they look. After a
   * `partial` or `indeterminate` outcome a plan does not look far enough: what a provider made and lost is in no state.
   */
  readonly isAsBefore: boolean;
  readonly findings: readonly CheckFinding[];
};

/**
 * Judges the world by its answers before and after.
 *
 * Any refuting check makes it `refuted`; else any unanswered one, or the lack of one that turned green, makes it `inconclusive`.
 *
 * After an `indeterminate` outcome a fresh plan that turned green confirms nothing by itself: it compares the world with a
 * state that the interrupted run itself was to write, and says "no changes" where that run was killed half-way. It counts
 * only beside another check that confirms; alone it is `unknown`.
 *
 * @param specs  the checks of the approved bundle; a missing answer to any of them counts as unknown
 * @param before  answers taken right before the execution
 * @param after  answers taken after it
 * @param outcome  what the actor observed; without it the answers are judged as after a complete execution
 */
export function judge(
  specs: readonly CheckSpec[],
  before: readonly CheckObservation[],
  after: readonly CheckObservation[],
  outcome?: OutcomeKind,
): Verdict {
  const pairs = specs.map((spec) => ({
    id: spec.id,
    kind: spec.kind,
    before: before.find((observation) => observation.id === spec.id),
    after: after.find((observation) => observation.id === spec.id),
  }));
  const weighed = pairs.map((pair) => ({ kind: pair.kind, finding: weigh(pair.id, pair.before, pair.after) }));
  const findings = outcome === 'indeterminate' ? doubtPlans(weighed) : weighed.map(({ finding }) => finding);
  const isCertain = outcome !== 'indeterminate' && outcome !== 'partial';
  const witnesses = pairs.filter(({ kind }) => isCertain || kind !== 'terraform-plan');
  const isAsBefore = witnesses.length > 0 && pairs.every(isUnchanged);
  return { kind: verdictOf(findings), isAsBefore, findings };
}

type Pair = { readonly before: CheckObservation | undefined; readonly after: CheckObservation | undefined };

function isUnchanged({ before, after }: Pair): boolean {
  if (before === undefined || after === undefined || before.answer === 'unknown') return false;
  return before.answer === after.answer && before.observedDigest === after.observedDigest;
}

type Weighed = { readonly kind: CheckKind; readonly finding: CheckFinding };

// A plan after `kill -9` was seen to say "No changes" over a replacement that was half done.
function doubtPlans(weighed: readonly Weighed[]): readonly CheckFinding[] {
  const confirms = ({ finding }: Weighed): boolean => finding.role === 'confirms';
  const others = weighed.filter(({ kind }) => kind !== 'terraform-plan');
  if (others.some(confirms)) return weighed.map(({ finding }) => finding);
  return weighed.map((one) =>
    confirms(one)
      ? { id: one.finding.id, role: 'unknown', why: 'a plan after an unknown end confirms only beside another check' }
      : one.finding,
  );
}

function verdictOf(findings: readonly CheckFinding[]): VerdictKind {
  if (findings.some((finding) => finding.role === 'refutes')) return 'refuted';
  if (findings.some((finding) => finding.role === 'unknown')) return 'inconclusive';
  return findings.some((finding) => finding.role === 'confirms') ? 'confirmed' : 'inconclusive';
}

function weigh(id: string, before: CheckObservation | undefined, after: CheckObservation | undefined): CheckFinding {
  if (after === undefined) return { id, role: 'unknown', why: 'not asked after the execution' };
  if (after.answer === 'unknown') return { id, role: 'unknown', why: 'no readable answer after the execution' };
  if (after.answer === 'red') {
    return { id, role: 'refutes', why: before?.answer === 'green' ? 'was green before, is red now' : 'is red' };
  }
  if (before?.answer === 'red') return { id, role: 'confirms', why: 'was red before, is green now' };
  if (before?.answer === 'green') return { id, role: 'holds', why: 'was green before: it can refute, never confirm' };
  return { id, role: 'unknown', why: 'is green, but nobody knows what it was before' };
}
