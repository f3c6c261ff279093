/** Gathers the checks of a bundle: mandated ones as they are, then the driver's, then the proposal's, each with an id of its own. */

import type { CheckSpec } from '../../kernel/index.ts';
import { freeId } from './parse-checks.ts';

/** Where the checks come from. */
export type CheckSources = {
  readonly mandated: readonly CheckSpec[];
  readonly driver: readonly CheckSpec[];
  readonly proposal: readonly CheckSpec[];
};

/**
 * Gathers checks. A proposal can't take the id of a mandated check, or pass its own off as mandated.
 *
 * @returns ids unique; mandated checks unchanged
 */
export function gatherChecks(sources: CheckSources): readonly CheckSpec[] {
  const gathered: CheckSpec[] = [...sources.mandated];
  const own = [
    ...sources.driver.map((check): CheckSpec => ({ ...check, origin: 'driver' })),
    ...sources.proposal.map((check): CheckSpec => ({ ...check, origin: 'proposal' })),
  ];
  for (const check of own) {
    const taken = new Set(gathered.map((other) => other.id));
    gathered.push({ ...check, id: freeId(check.id, taken) });
  }
  return gathered;
}
