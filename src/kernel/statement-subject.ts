/** What a statement must be about, worked out from the proposal that it is made on. */

import type { ProposalState } from './proposal.ts';
import type { StatementDecision, StatementDocument } from './statement.ts';

/** What a statement covers of the proposal, whatever its author says of it. */
export type StatementSubject = Pick<
  StatementDocument,
  'schema' | 'decision' | 'proposal' | 'bundleDigest' | 'target' | 'environment' | 'madeOn' | 'verdicts'
>;

/** What its author says. */
export type StatementWords = Pick<StatementDocument, 'note' | 'through'>;

/**
 * Says what a statement must cover that is made on a proposal as it stands.
 *
 * @returns `undefined` where there is nothing to state: nothing was executed, or nobody broke the glass
 */
export function statementSubject(state: ProposalState, decision: StatementDecision): StatementSubject | undefined {
  if (!('bundleDigest' in state)) return undefined;
  const madeOn = decision === 'reconcile' ? claimOf(state) : breakingNonce(state);
  if (madeOn === undefined) return undefined;
  const { proposal, bundleDigest, target, environment } = state;
  const verdicts = 'verdicts' in state ? state.verdicts.length : 0;
  return {
    schema: 'countersign.statement/1',
    decision,
    proposal,
    bundleDigest,
    target,
    environment,
    madeOn,
    verdicts,
  };
}

function claimOf(state: ProposalState): string | undefined {
  return 'outcome' in state ? state.claim.claim : undefined;
}

function breakingNonce(state: ProposalState): string | undefined {
  if (!('approvals' in state)) return undefined;
  return state.approvals.findLast(({ document }) => document.decision === 'break-glass')?.document.nonce;
}

/**
 * Says in what a signed statement differs from what was to be signed.
 *
 * @param subject  as `statementSubject` says, whole or without what may have changed since
 * @returns the first member that differs, as a sentence; `undefined` when the statement is of exactly this
 */
export function misstated(
  document: StatementDocument,
  subject: Partial<StatementSubject>,
  words: StatementWords,
): string | undefined {
  const expected: Partial<StatementDocument> = { ...subject, note: words.note, through: words.through };
  // Object.keys of an object literal yields exactly its keys; the type of Object.keys is wider.
  const members = Object.keys(expected) as (keyof typeof expected)[];
  const wrong = members.find((member) => document[member] !== expected[member]);
  if (wrong === undefined) return undefined;
  const shown = (value: string | number | undefined): string => (value === undefined ? 'none' : JSON.stringify(value));
  return `the signature covers ${wrong} ${shown(document[wrong])}, and it is ${shown(expected[wrong])}`;
}
