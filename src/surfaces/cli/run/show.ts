/** Shows one proposal. */

import { EXIT } from '../../../kernel/index.ts';
import type { CliContext } from '../context.ts';
import { findProposal } from '../find-proposal.ts';
import { type CommonFlags, perform } from '../perform.ts';
import { readAllEvents } from '../read-all-events.ts';
import { renderShow } from '../render/show.ts';
import { proposalView } from '../view/proposal-view.ts';

/** Runs `countersign show`. Exits with 0 whatever the proposal's state: it was shown. */
export async function runShow(this: CliContext, flags: CommonFlags, id: string): Promise<void> {
  await perform(this, flags, async ({ context, surroundings, paint }) => {
    const { log, projections, readPreview } = await context.countersign.reading();
    const row = await findProposal(projections, id);
    const events = await readAllEvents(log, `proposal:${row.proposal}`);
    const preview = 'previewDigest' in row.state ? await readPreview(row.state.previewDigest) : undefined;
    const view = proposalView(row.state, events, preview);
    return { exitCode: EXIT.done, text: renderShow(view, paint, surroundings.clock.nowMs()), json: view };
  });
}
