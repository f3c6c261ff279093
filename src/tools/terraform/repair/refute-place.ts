/** Whether a repair is for the very place that the held execution changed. A lock or a state of another place is nothing of it. */

import { canonicalJson, type Fact, type HashFunction, placeOf } from '../../../kernel/index.ts';
import type { RecoveredExecution, SealedExecution } from '../../past-executions.ts';
import { FACT } from '../world-facts.ts';

type Facts = readonly Pick<Fact, 'name' | 'value'>[];

/** What tells one state from another where nobody can tell its place. */
const IDENTIFYING: readonly string[] = [FACT.backendType, FACT.backendPath, FACT.workspace, FACT.directory];

/**
 * Says why what is repaired is not what the held execution changed. A target's name, an account and a time prove nothing of that.
 *
 * @param sealed  the manifest under the digest of the held execution
 * @param facts  of the world that is repaired, or of the repair's own manifest
 * @returns one sentence; `undefined` when it is the same place
 */
export function refutePlace(
  hash: HashFunction,
  held: RecoveredExecution,
  sealed: SealedExecution,
  facts: Facts,
): string | undefined {
  if (sealed.proposal !== held.proposal) return `that bundle is not the one of ${held.proposal}`;
  const [its, own] = [placeOf(hash, sealed.facts), placeOf(hash, facts)];
  const isSame =
    its !== undefined && own !== undefined
      ? its === own
      : IDENTIFYING.every((name) => isSameFact(sealed.facts, facts, name));
  return isSame ? undefined : `${held.proposal} changed another state than the one that is bound here`;
}

/** Whether the held execution changed a state that was there: then nothing is pushed where there is none. */
export function hadState({ facts }: SealedExecution): boolean {
  const lineage = facts.find(({ name }) => name === FACT.lineage)?.value;
  return typeof lineage === 'string' && lineage !== '';
}

// What both lack tells nothing.
function isSameFact(left: Facts, right: Facts, name: string): boolean {
  const [one, other] = [left, right].map((facts) => facts.find((fact) => fact.name === name));
  return one !== undefined && other !== undefined && canonicalJson(one.value) === canonicalJson(other.value);
}
