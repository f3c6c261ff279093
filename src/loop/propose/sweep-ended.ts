/** Has what must not outlive a proposal destroyed when proposing ended it (L11). */

import type { ProposalState } from '../../kernel/index.ts';
import type { ProposeParts } from './propose-parts.ts';

/**
 * Asks for the sweep of a proposal that was just ended.
 *
 * Where the runner is another account nothing happens here: its service finds what is over by itself.
 */
export async function sweepEnded({ sweep }: Pick<ProposeParts, 'sweep'>, state: ProposalState): Promise<void> {
  if ('secretBlobs' in state && state.secretBlobs.length > 0) await sweep(state.proposal);
}
