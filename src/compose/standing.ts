/**
 * Whether what people approved would still be allowed, by the trust file that the control plane accepts now.
 *
 * It asks the questions that a runner asks before it executes, of the same policy; the runner's own pin and ledger have the last word.
 */

import {
  type AuthorityAnswer,
  authorise,
  type CheckedApproval,
  isFailure,
  type Refusal,
  type StateOf,
} from '../kernel/index.ts';
import { readSealed, type SealedChange } from '../loop/approve/index.ts';
import type { Base, OpenRecord } from './base.ts';
import { countGrants } from './count-grants.ts';
import { readPolicy } from './read-policy.ts';

/** How an open or approved proposal stands with the trust file that is accepted now. */
export type Standing =
  /** Everything that the policy asks for is there. */
  | { readonly kind: 'allowed' }
  /** The rules refuse the change itself now, or its record and its bundle say different things. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** It is another demand than the one that people met, or their approvals do not count any more. */
  | { readonly kind: 'unmet'; readonly answer: Exclude<AuthorityAnswer, { readonly kind: 'authorised' }> }
  /** Nobody can tell: the trust file, the repository's rules or the bundle can't be read or believed here. */
  | { readonly kind: 'unknown'; readonly why: string; readonly next: string };

/** Asks the present policy. Throws nothing that an operator could cause: what can't be read is an answer. */
export async function standingOf(
  base: Base,
  { store, blobs }: Pick<OpenRecord, 'store' | 'blobs'>,
  state: StateOf<'open' | 'approved'>,
): Promise<Standing> {
  try {
    const sealed = await readSealed({ blobs, hash: base.machine.hash }, state);
    if (sealed.kind === 'refused') return { kind: 'refused', refusal: sealed };
    const { preview, change } = sealed;
    const policy = await readPolicy(base, base.homes.state, change.directory);
    const atMs = base.machine.clock.nowMs();
    const grantsUsed =
      state.requirement.grant === undefined ? {} : await countGrants(store.projections, state.proposal);
    const question: Omit<SealedChange, 'environment'> = change;
    const demand = policy.demand({ ...question, preview, atMs, grantsUsed });
    if (demand.kind === 'refused') return { kind: 'refused', refusal: demand };
    const approvals = state.approvals.map((given): CheckedApproval | Refusal => policy.checkApproval(given));
    const answer = authorise({ admitted: state, demand, approvals, accountsOf: policy.accountsOf, atMs });
    return answer.kind === 'authorised' ? { kind: 'allowed' } : { kind: 'unmet', answer };
  } catch (thrown) {
    if (!isFailure(thrown)) throw thrown;
    const where = thrown.where === undefined ? '' : ` (${thrown.where})`;
    return { kind: 'unknown', why: `${thrown.message}${where}`, next: thrown.hint };
  }
}
