/** Destroys the secrets of one proposal that is over. Started by commands that end one; the runner's own account does it. */

import { EXIT, type Refusal, type StateKind } from '../../../kernel/index.ts';
import { destroySecrets, SILENT } from '../../../loop/execute/index.ts';
import type { CliContext } from '../context.ts';
import { findProposal } from '../find-proposal.ts';
import { type CommonFlags, perform } from '../perform.ts';
import type { CommandResult } from '../terminal.ts';

/** Runs `countersign sweep`: 0 when no secrets of the proposal are left, 1 where it is not over and keeps them. */
export async function runSweep(this: CliContext, flags: CommonFlags, id: string): Promise<void> {
  await perform(this, flags, async ({ paint }): Promise<CommandResult | Refusal> => {
    const parts = await this.countersign.executing(SILENT);
    const { proposal } = await findProposal(parts.projections, id);
    const answer = await destroySecrets(parts, proposal);
    if (answer.kind === 'not-over') return notOver(proposal, answer.state);
    const isDestroyed = answer.kind === 'destroyed';
    return {
      exitCode: EXIT.done,
      text: `${paint('strong', proposal)}  ${isDestroyed ? 'its secrets are destroyed' : 'no secrets are left'}`,
      json: { schema: 'countersign.sweep/1', id: proposal, destroyed: isDestroyed },
    };
  });
}

function notOver(proposal: string, state: StateKind): Refusal {
  return {
    kind: 'refused',
    code: 'NOT_LEGAL_NOW',
    what: 'this sweep',
    where: proposal,
    why: `the proposal is not over yet: it is ${state}, and keeps its secrets until it is`,
    next: `countersign show ${proposal}`,
  };
}
