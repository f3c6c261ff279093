/**
 * A change's place: which thing it changes, whoever looks, from where, and whatever they call it.
 *
 * A target is a name that somebody chose; a place follows from facts. Both have a lock, so that another name is no way round it.
 */

import type { Fact } from './bundle.ts';
import { digestJson, type HashFunction, type Sha256Hex } from './digest.ts';
import type { Sealed } from './event.ts';
import type { Json } from './json.ts';
import type { ProposalState } from './proposal.ts';

const PLACE_FACT = 'place';
const PREFIX = 'place:';

/**
 * Makes the fact that says which thing is changed.
 *
 * It is probed again like any other, so a bundle that leaves it out, or names another thing, is stale and never runs.
 *
 * @param place  the same JSON whoever looks from where, without secrets; `null` when nobody can tell, and then only the target's name is locked
 */
export function placeFact(place: Json): Fact {
  return { name: PLACE_FACT, role: 'binding', value: place };
}

/**
 * Digests the place that facts tell.
 *
 * @returns SHA-256 of the JCS of schema and place; `undefined` when the facts tell none: those of a command, and of older bundles
 */
export function placeOf(hash: HashFunction, facts: readonly Pick<Fact, 'name' | 'value'>[]): Sha256Hex | undefined {
  const place = facts.find(({ name }) => name === PLACE_FACT)?.value ?? null;
  return place === null ? undefined : digestJson(hash, { schema: 'countersign.place/1', place });
}

/**
 * Names the lock of a proposal's place.
 *
 * @param sealed  what was sealed, or a proposal in any state
 * @returns `place:` and the digest, which is no name of a target; `undefined` when it has no place, or was not sealed yet
 */
export function placeLock(sealed: ProposalState | Pick<Sealed, 'place'>): string | undefined {
  return 'place' in sealed && sealed.place !== undefined ? `${PREFIX}${sealed.place}` : undefined;
}

/** Whether two proposals were sealed for one place, whatever their targets are called; no when either has none. */
export function isSamePlace(one: ProposalState, other: ProposalState): boolean {
  const lock = placeLock(one);
  return lock !== undefined && lock === placeLock(other);
}

/** Whether two proposals were sealed for two places, though their targets may have one name; no when either has none. */
export function isOtherPlace(one: ProposalState, other: ProposalState): boolean {
  const [lock, another] = [placeLock(one), placeLock(other)];
  return lock !== undefined && another !== undefined && lock !== another;
}

/** Whether a name is that of a place's lock, and so no name for a target. */
export function isPlaceLock(name: string): boolean {
  return name.startsWith(PREFIX);
}
