/** Refuses to verify what is closed and can't be looked at any more: an answer that nobody can give is no newer verdict. */

import { type ProposalState, type Refusal, visibleLine } from '../../kernel/index.ts';
import { directoryBlob, type SealedChecks } from './read-sealed-checks.ts';
import { refuseAt } from './refusal.ts';
import type { VerifyParts } from './verify-parts.ts';

/**
 * Says that the close destroyed what a check needs; `undefined` where every check can still be put, or nothing is closed yet: a
 * directory that is gone before a verdict closed anything leaves its check unknown, and the target held.
 */
export async function refuseDestroyed(
  parts: Pick<VerifyParts, 'blobs'>,
  state: ProposalState,
  sealed: SealedChecks,
): Promise<Refusal | undefined> {
  if (state.kind !== 'closed') return undefined;
  const check = sealed.checks.find(({ kind, origin }) => kind === 'terraform-plan' && origin !== 'proposal');
  const blob = check === undefined ? undefined : directoryBlob(sealed);
  if (check === undefined || blob === undefined || (await parts.blobs.has(blob.digest))) return undefined;
  return refuseAt(state.proposal, 'NOT_LEGAL_NOW', {
    what: 'verify',
    why: `it is closed, and the sealed directory that the check ${visibleLine(check.id)} plans in was destroyed at the close`,
    next:
      `countersign drift --target ${visibleLine(state.target)} looks whether the world is still as it was confirmed; ` +
      `where the close itself does not hold: countersign reconcile ${state.proposal} --note TEXT --ssh-key FILE`,
  });
}
