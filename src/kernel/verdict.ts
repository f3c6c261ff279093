/**
 * The verdict: what the verifier found in the world.
 *
 * A check can confirm only what it could also have refuted: red before and green after. One that was green before is an
 * invariant: it can refute, never confirm (L7).
 */

import type { CheckObservation, CheckSpec } from './check.ts';

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
  /** Every check answered after exactly as before, on the same bytes: the world is as it was. */
  readonly isAsBefore: boolean;
  readonly findings: readonly CheckFinding[];
};

/**
 * Judges the world by its answers before and after.
 *
 * Any refuting check makes it `refuted`; else any unanswered one, or the lack of one that turned green, makes it `inconclusive`.
 *
 * @param specs  the checks of the approved bundle; a missing answer to any of them counts as unknown
 * @param before  answers taken right before the execution
 * @param after  answers taken after it
 */
export function judge(
  specs: readonly CheckSpec[],
  before: readonly CheckObservation[],
  after: readonly CheckObservation[],
): Verdict {
  const pairs = specs.map((spec) => ({
    id: spec.id,
    before: before.find((observation) => observation.id === spec.id),
    after: after.find((observation) => observation.id === spec.id),
  }));
  const findings = pairs.map((pair) => weigh(pair.id, pair.before, pair.after));
  const isAsBefore =
    pairs.length > 0 &&
    pairs.every(
      (pair) =>
        pair.before !== undefined &&
        pair.after !== undefined &&
        pair.before.answer !== 'unknown' &&
        pair.before.answer === pair.after.answer &&
        pair.before.observedDigest === pair.after.observedDigest,
    );
  return { kind: verdictOf(findings), isAsBefore, findings };
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
