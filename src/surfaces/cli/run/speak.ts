/** Comments and withdrawals: what a proposal's own side says of it. */

import type { Reading } from '../../../compose.ts';
import { type Command, EXIT, LEGAL_IN, type Refusal, type StateKind } from '../../../kernel/index.ts';
import type { CliContext } from '../context.ts';
import { type ExaminingParts, findExamined } from '../find-examined.ts';
import { findProposal } from '../find-proposal.ts';
import { type CommonFlags, type Performance, perform } from '../perform.ts';
import type { CommandResult } from '../terminal.ts';
import type { KnownState } from '../view/proposal-view.ts';

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

const OVER: readonly StateKind[] = LEGAL_IN['destroy-secrets'];

type Speech = { readonly id: string; readonly command: Command; readonly word: string };

async function say(context: CliContext, flags: CommonFlags, speech: Speech): Promise<void> {
  await perform(context, flags, async (performance) => await speak(context, performance, speech));
}

async function speak(
  context: CliContext,
  { paint }: Performance,
  { id, command, word }: Speech,
): Promise<CommandResult | Refusal> {
  const reading = await context.countersign.reading();
  const { journal, caller } = reading;
  const row = command.kind === 'withdraw' ? await findOwn(reading, id) : await findProposal(reading.projections, id);
  const answer = await journal.ask(row.proposal, command, caller);
  if (answer.kind === 'refused') return answer;
  if (OVER.includes(answer.state.kind)) await context.countersign.sweep(row.proposal);
  return {
    exitCode: EXIT.done,
    text: `${paint('strong', row.proposal)}  ${word}; it is ${answer.state.kind}`,
    json: { schema: 'countersign.answer/1', id: row.proposal, state: answer.state.kind },
  };
}

// Whose it is decides who may take it back: the summary's word is not enough for that.
async function findOwn(reading: Reading, id: string): Promise<KnownState> {
  const trust = await reading.trust();
  const examine: ExaminingParts['examine'] = (proposal) => reading.examine(proposal, trust);
  return await findExamined({ projections: reading.projections, examine }, id, 'accepted');
}
