/** Finds what was proposed before: the same draft, and older drafts of the same change. */

import type { StateKind } from '../../kernel/index.ts';
import type { ProposalRow } from '../../record/index.ts';
import type { ProposeParts } from './propose-parts.ts';

// Until it is over, a retry means this one. One that is held is in doubt: running the same again is no answer to that.
const UNDER_WAY: readonly StateKind[] = ['drafted', 'proposed', 'open', 'approved', 'executing', 'executed', 'held'];
// People's approvals are not swept away by an edit: what is approved stays until it ran, expired or was withdrawn.
const REPLACEABLE: readonly StateKind[] = ['drafted', 'proposed', 'open'];
const PAGE = 1_000;

/** The earliest proposal of a draft that is under way; the record has the order, whatever any clock says. */
export async function findSameDraft(
  parts: ProposeParts,
  target: string,
  draftDigest: string,
): Promise<ProposalRow | undefined> {
  const rows = await allRows(parts, target, UNDER_WAY);
  let earliest: { readonly row?: ProposalRow; readonly seq: number } = { seq: Number.POSITIVE_INFINITY };
  for (const row of rows) {
    if (row.state.kind === 'absent' || row.state.draftDigest !== draftDigest) continue;
    const seq = await bornAt(parts, row.proposal);
    if (seq < earliest.seq) earliest = { row, seq };
  }
  return earliest.row;
}

/** Proposals of the same change with another source that can still be replaced, in no order. */
export async function findOlderDrafts(parts: ProposeParts, row: ProposalRow): Promise<readonly ProposalRow[]> {
  const mine = row.state;
  if (mine.kind === 'absent' || mine.changeDigest === undefined) return [];
  const rows = await allRows(parts, row.target, REPLACEABLE);
  return rows.filter(
    ({ state, createdAtMs }) =>
      state.kind !== 'absent' &&
      state.changeDigest === mine.changeDigest &&
      state.draftDigest !== mine.draftDigest &&
      createdAtMs <= row.createdAtMs,
  );
}

/** Seq of a proposal's first event. */
async function bornAt(parts: ProposeParts, proposal: string): Promise<number> {
  const [first] = await parts.log.read({ stream: `proposal:${proposal}`, afterSeq: 0, limit: 1 });
  return first?.seq ?? Number.MAX_SAFE_INTEGER;
}

/** Every proposal in one of these states, newest first; of one target, where it is named. */
export async function allRows(
  parts: Pick<ProposeParts, 'projections'>,
  target: string | undefined,
  states: readonly StateKind[],
): Promise<readonly ProposalRow[]> {
  const rows: ProposalRow[] = [];
  let beforeSeq: number | undefined;
  for (;;) {
    const page = await parts.projections.proposals({ states, target, beforeSeq, limit: PAGE });
    const last = page.at(-1);
    if (last === undefined) return rows;
    rows.push(...page);
    beforeSeq = last.seq;
  }
}
