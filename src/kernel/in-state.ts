/** Narrows a proposal to the states that a table or a decision has proven, and stops on a bug when the proof was wrong. */

import { invariant } from './failure.ts';
import type { ProposalState, StateKind, StateOf } from './proposal.ts';

/**
 * Narrows the state to some kinds.
 *
 * @param what  what relies on it, for the bug report
 * @throws a bug report (`invariant`) when the proposal is in another state
 */
export function inState<Kind extends StateKind>(
  state: ProposalState,
  what: string,
  ...kinds: readonly Kind[]
): StateOf<Kind> {
  invariant(isIn(state, kinds), `${what} on a proposal that is ${state.kind}`);
  return state;
}

function isIn<Kind extends StateKind>(state: ProposalState, kinds: readonly Kind[]): state is StateOf<Kind> {
  return kinds.some((kind) => kind === state.kind);
}
