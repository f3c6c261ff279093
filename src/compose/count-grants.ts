/** How often each standing grant was used: a grant with a number of uses is worth nothing where nobody counts. */

import type { StateKind } from '../kernel/index.ts';
import type { Projections } from '../record/index.ts';

/** A use counts from the approval on, whatever came of it: the grant gave it away. */
const USED_IN: readonly StateKind[] = ['approved', 'executing', 'executed', 'held', 'closed', 'stale'];
const PAGE = 1_000;

/**
 * Counts the uses of every grant.
 *
 * @param except  a proposal that is not counted: the one that asks
 */
export async function countGrants(
  projections: Projections,
  except: string | undefined,
): Promise<Readonly<Record<string, number>>> {
  const used = new Map<string, number>();
  for (let beforeSeq: number | undefined; ; ) {
    const rows = await projections.proposals({ states: USED_IN, beforeSeq, limit: PAGE });
    for (const { state, proposal } of rows) {
      const grant = 'requirement' in state ? state.requirement.grant : undefined;
      if (grant !== undefined && proposal !== except) used.set(grant, (used.get(grant) ?? 0) + 1);
    }
    beforeSeq = rows.at(-1)?.seq;
    if (rows.length < PAGE) return Object.fromEntries(used);
  }
}

/** The larger of two counts, grant by grant: what one of them forgot, the other has. */
export function mostUsed(
  left: Readonly<Record<string, number>>,
  right: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const most = new Map(Object.entries(left));
  for (const [grant, used] of Object.entries(right)) most.set(grant, Math.max(used, most.get(grant) ?? 0));
  return Object.fromEntries(most);
}
