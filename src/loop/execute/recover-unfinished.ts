/**
 * Puts right what a runner that died left behind.
 *
 * Nothing is ever started here. What began and has no end is `indeterminate`; what never began is given back.
 */

import type { ProposalState, StateOf } from '../../kernel/index.ts';
import type { ExecutionParts } from './execution-parts.ts';
import type { LedgerEntry } from './ledger.ts';
import { type Recovered, recoverExecution, type Unfinished } from './recover-execution.ts';

const MOST_EXECUTING = 1_000;

/**
 * Looks for this runner's executions without an end, in its ledger and in the record, and ends those whose process is dead.
 *
 * @returns what became of each; empty when there was nothing to do
 * @throws Failure `STORE_UNREADABLE` and other failures of ledger or store as a whole; trouble with one execution is an answer
 */
export async function recoverUnfinished(parts: ExecutionParts): Promise<readonly Recovered[]> {
  const recovered: Recovered[] = [];
  for (const unfinished of await findUnfinished(parts)) {
    const answer = await recoverExecution(parts, unfinished);
    if (answer !== undefined) recovered.push(answer);
  }
  return recovered;
}

async function findUnfinished(parts: ExecutionParts): Promise<readonly Unfinished[]> {
  const rows = await parts.projections.proposals({ states: ['executing'], limit: MOST_EXECUTING });
  const claimed = rows.map((row) => row.state).filter((state) => isExecutingHere(state, parts.signer.name));
  const begun = await parts.ledger.unfinished();
  const found = new Map<string, Unfinished>();
  for (const state of claimed) {
    const unfinished = { proposal: state.proposal, claim: state.claim.claim, bundleDigest: state.bundleDigest };
    found.set(unfinished.claim, unfinished);
  }
  for (const { intent } of begun satisfies readonly LedgerEntry[]) found.set(intent.claim, intent);
  return [...found.values()];
}

function isExecutingHere(state: ProposalState, runner: string): state is StateOf<'executing'> {
  return state.kind === 'executing' && state.claim.runner === runner;
}
