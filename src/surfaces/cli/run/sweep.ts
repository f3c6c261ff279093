/** Destroys the secrets of one proposal that is over. Started by commands that end one; the runner's own account does it. */

import { EXIT } from '../../../kernel/index.ts';
import { destroySecrets, SILENT } from '../../../loop/execute/index.ts';
import type { CliContext } from '../context.ts';
import { findProposal } from '../find-proposal.ts';
import { type CommonFlags, perform } from '../perform.ts';

/** Runs `countersign sweep`: silent where the proposal is not over, or nothing is left. */
export async function runSweep(this: CliContext, flags: CommonFlags, id: string): Promise<void> {
  await perform(this, flags, async ({ paint }) => {
    const parts = await this.countersign.executing(SILENT);
    const { proposal } = await findProposal(parts.projections, id);
    const isSwept = await destroySecrets(parts, proposal);
    return {
      exitCode: EXIT.done,
      text: `${paint('strong', proposal)}  ${isSwept ? 'its secrets are destroyed' : 'no secrets are left'}`,
      json: { schema: 'countersign.sweep/1', id: proposal, destroyed: isSwept },
    };
  });
}
