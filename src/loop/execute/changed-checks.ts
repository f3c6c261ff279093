/** What the look right before says of the checks' own programs: one that is not the sealed one could prove nothing afterwards. */

import { type CheckObservation, canonicalJson, type FactDifference, NOT_AS_SEALED } from '../../kernel/index.ts';
import type { ExecutionParts } from './execution-parts.ts';

/**
 * Names the checks whose program the verifier found changed since it was sealed (L3).
 *
 * @returns one difference a check, in the verifier's words; empty while the record holds no look right before
 */
export async function changedChecks(parts: ExecutionParts, proposal: string): Promise<readonly FactDifference[]> {
  const { state } = await parts.journal.standing(proposal);
  if (state.kind !== 'executing' || state.stage === 'claimed') return [];
  return state.baseline
    .filter(isChanged)
    .map(({ id, detail }) => ({ name: `check.${id}`, sealed: 'its program as approved', found: detail }));
}

function isChanged({ answer, observed }: CheckObservation): boolean {
  return answer === 'unknown' && canonicalJson(observed) === canonicalJson(NOT_AS_SEALED);
}
