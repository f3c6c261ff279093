/** Shows one proposal. */

import { EXIT } from '../../../kernel/index.ts';
import type { CliContext } from '../context.ts';
import { findProposal } from '../find-proposal.ts';
import { type CommonFlags, perform } from '../perform.ts';
import { renderShow } from '../render/show.ts';
import { evidenceViews } from '../view/evidence-view.ts';
import { executableView } from '../view/executable-view.ts';
import { isInDoubt } from '../view/in-doubt.ts';
import { proposalView } from '../view/proposal-view.ts';
import { waitsView } from '../view/waits-view.ts';

/** Runs `countersign show`: 0 whatever the proposal's state, for it was shown; 6 when something that it rests on does not hold. */
export async function runShow(this: CliContext, flags: CommonFlags, id: string): Promise<void> {
  await perform(this, flags, async ({ context, surroundings, paint }) => {
    const reading = await context.countersign.reading();
    const row = await findProposal(reading.projections, id);
    const trust = await reading.trust();
    const { state: told, events, troubles } = await reading.examine(row.proposal, trust);
    // Where no event can be read, the summary still says what was asked for; no outcome and no verdict comes from it.
    const state = told.kind === 'absent' ? row.state : told;
    const preview = 'previewDigest' in state ? await reading.readPreview(state.previewDigest) : undefined;
    const unchecked = trust.kind === 'unchecked' ? trust.why : null;
    const nowMs = surroundings.clock.nowMs();
    const executable = await executableView(reading, state, nowMs);
    const cited = 'bundleDigest' in state ? await reading.cited(state) : undefined;
    const evidence = cited === undefined ? null : await evidenceViews(reading.log, cited);
    const waitsFor = await waitsView(reading.journal, state);
    const view = proposalView({ state, events, troubles, preview, evidence, unchecked, executable, waitsFor }, nowMs);
    return {
      exitCode: isInDoubt(view.trouble) ? EXIT.integrity : EXIT.done,
      text: renderShow(view, paint, nowMs),
      json: view,
    };
  });
}
