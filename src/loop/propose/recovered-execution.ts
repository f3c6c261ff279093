/** The execution that a recovery is for, by the bundle that ran: a driver looks at what that one left. */

import type { RecoveredExecution } from '../../tools/index.ts';
import type { ProposeParts } from './propose-parts.ts';

/** Finds it; `undefined` for a change that recovers nothing, or nothing that was ever sealed. */
export async function recoveredExecution(
  parts: Pick<ProposeParts, 'journal'>,
  { recovers }: { readonly recovers?: string | undefined },
): Promise<RecoveredExecution | undefined> {
  if (recovers === undefined) return undefined;
  const { state } = await parts.journal.standing(recovers);
  return 'bundleDigest' in state ? { proposal: recovers, bundleDigest: state.bundleDigest } : undefined;
}
