/** One pass: looks at every place that a confirmed Terraform change was made at. */

import type { DriftFinding, DriftParts, DriftPass, DriftQuestion } from './drift-parts.ts';
import { sweepDriftScratch } from './drift-scratch.ts';
import { findChangedPlaces } from './find-changed-places.ts';
import { lookForDrift } from './look-for-drift.ts';

/**
 * Looks for drift: plans anew what was confirmed, records what stands otherwise, and opens a draft that would put it back.
 *
 * It reads and proposes, and never executes. One place after the other; no place is left out without a result.
 *
 * @returns a finding for every place, by name of its target; empty only when Terraform changed nothing here yet
 * @throws Failure `NOT_FOUND` for an unknown target, and those of the store
 */
export async function lookForAllDrift(parts: DriftParts, question: DriftQuestion): Promise<DriftPass> {
  await sweepDriftScratch(parts);
  const findings: DriftFinding[] = [];
  const places = await findChangedPlaces(parts, question.target);
  for (const place of places) {
    if (question.signal.aborted) break;
    const { target, proposal, place: at } = place.last;
    findings.push({ target, place: at, proposal, result: await lookForDrift(parts, question, place) });
  }
  return { findings, isCut: findings.length < places.length };
}
