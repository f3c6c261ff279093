/** What keeps a proposal waiting: others that have its target, or its place under another name. */

import type { ProposalState } from '../../../kernel/index.ts';
import type { Journal } from '../../../record/index.ts';

/** One proposal that is in the way. */
export type WaitView = {
  readonly id: string;
  /** The name of its target: another one than this proposal's where only the place is the same. */
  readonly target: string;
  /** `busy`: it executes, or waits for its verdict. `held`: it left the target in doubt. */
  readonly why: 'busy' | 'held';
};

/**
 * Says what an open or approved proposal waits for, as the record has it; a runner that doubts a release waits for that as well.
 *
 * @returns nothing in every other state, and for a recovery of what holds it
 */
export async function waitsView(
  journal: Pick<Journal, 'standing'>,
  state: ProposalState,
): Promise<readonly WaitView[]> {
  if (state.kind !== 'open' && state.kind !== 'approved') return [];
  const { target, elsewhere } = await journal.standing(state.proposal);
  const nameOf = (id: string): string => elsewhere.get(id) ?? state.target;
  const busy = target.busy === undefined ? [] : [target.busy];
  const held = target.held.some((id) => id === state.recovers) ? [] : target.held;
  return [
    ...busy.map((id): WaitView => ({ id, target: nameOf(id), why: 'busy' })),
    ...held.map((id): WaitView => ({ id, target: nameOf(id), why: 'held' })),
  ];
}
