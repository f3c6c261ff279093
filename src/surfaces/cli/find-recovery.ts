/** Finds the recovery that a person names, and believes nothing of it that does not hold. */

import type { Refusal } from '../../kernel/index.ts';
import type { Projections } from '../../record/index.ts';
import type { CliContext } from './context.ts';
import { findProposal } from './find-proposal.ts';
import { believe } from './view/believe.ts';
import type { KnownState } from './view/proposal-view.ts';

/**
 * Examines a recovery as `show` does, by its own events.
 *
 * @returns its state; or a refusal `SIGNATURE_INVALID` where its outcome or its newest verdict does not hold, or nobody can tell
 * @throws Failure as `findProposal`
 */
export async function findRecovery(
  context: Pick<CliContext, 'countersign'>,
  projections: Projections,
  id: string,
): Promise<{ readonly kind: 'found'; readonly state: KnownState } | Refusal> {
  const { proposal } = await findProposal(projections, id);
  const reading = await context.countersign.reading();
  const trust = await reading.trust();
  if (trust.kind === 'unchecked') {
    return refuse(proposal, `its signatures could not be checked: ${trust.why}`, 'countersign trust check');
  }
  const examined = await reading.examine(proposal, trust);
  const { state } = examined;
  const { forged } = believe(examined);
  if (state.kind === 'absent' || forged.outcome) {
    return refuse(proposal, 'its outcome does not hold', `countersign show ${proposal} names the entry`);
  }
  if (!forged.verdict) return { kind: 'found', state };
  return refuse(proposal, 'its newest verdict does not hold', `countersign verify ${proposal}`);
}

function refuse(recovery: string, why: string, next: string): Refusal {
  return {
    kind: 'refused',
    code: 'SIGNATURE_INVALID',
    what: 'reconcile',
    where: recovery,
    why: `${recovery} put nothing right yet that anybody confirmed: ${why}`,
    next,
  };
}
