/** Finds the proposal that a person means by an id or the beginning of one. */

import { Failure } from '../../kernel/index.ts';
import type { Projections, ProposalRow } from '../../record/index.ts';
import type { KnownState } from './view/proposal-view.ts';

/** A row whose proposal exists. */
export type KnownRow = ProposalRow & { readonly state: KnownState };

/**
 * Finds one proposal.
 *
 * @throws Failure `NOT_FOUND` when there is none, `AMBIGUOUS_ID` when the beginning fits several
 */
export async function findProposal(projections: Projections, id: string): Promise<KnownRow> {
  const exact = await projections.proposal(id);
  const rows = exact === undefined ? await projections.proposals({ idPrefix: id, limit: 3 }) : [exact];
  const [row, ...others] = rows;
  if (row === undefined || !isKnown(row)) {
    throw new Failure('NOT_FOUND', `there is no proposal ${id}`, {
      hint: 'countersign list shows what there is',
      where: id,
    });
  }
  if (others.length > 0) {
    throw new Failure('AMBIGUOUS_ID', `${id} fits ${rows.map((one) => one.proposal).join(', ')}`, {
      hint: 'type more of the id',
      where: id,
    });
  }
  return row;
}

function isKnown(row: ProposalRow): row is KnownRow {
  return row.state.kind !== 'absent';
}
