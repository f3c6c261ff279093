/** Comments, withdrawals, reconciliations and reviews: commands that only change the record. */

import { type Command, EXIT } from '../../../kernel/index.ts';
import type { CliContext } from '../context.ts';
import { findProposal } from '../find-proposal.ts';
import { type CommonFlags, perform } from '../perform.ts';

/** Runs `countersign comment`. */
export async function runComment(this: CliContext, flags: CommonFlags & { text: string }, id: string): Promise<void> {
  await say(this, flags, { id, command: { kind: 'comment', text: flags.text }, word: 'said' });
}

/** Runs `countersign withdraw`. */
export async function runWithdraw(
  this: CliContext,
  flags: CommonFlags & { reason: string },
  id: string,
): Promise<void> {
  await say(this, flags, { id, command: { kind: 'withdraw', why: flags.reason }, word: 'withdrawn' });
}

/** Runs `countersign reconcile`. An agent is refused by the kernel's table. */
export async function runReconcile(
  this: CliContext,
  flags: CommonFlags & { note: string; through: string | undefined },
  id: string,
): Promise<void> {
  await say(this, flags, {
    id,
    command: { kind: 'reconcile', note: flags.note, through: flags.through },
    word: 'reconciled',
  });
}

/** Runs `countersign review`. */
export async function runReview(this: CliContext, flags: CommonFlags & { note: string }, id: string): Promise<void> {
  await say(this, flags, { id, command: { kind: 'review-glass', note: flags.note }, word: 'reviewed' });
}

type Speech = { readonly id: string; readonly command: Command; readonly word: string };

async function say(context: CliContext, flags: CommonFlags, { id, command, word }: Speech): Promise<void> {
  await perform(context, flags, async ({ paint }) => {
    const { journal, projections, caller } = await context.countersign.reading();
    const row = await findProposal(projections, id);
    const answer = await journal.ask(row.proposal, command, caller);
    if (answer.kind === 'refused') return answer;
    return {
      exitCode: EXIT.done,
      text: `${paint('strong', row.proposal)}  ${word}; it is ${answer.state.kind}`,
      json: { schema: 'countersign.answer/1', id: row.proposal, state: answer.state.kind },
    };
  });
}
