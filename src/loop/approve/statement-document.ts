/** Writes what a person signs who releases a target or reviews a glass: their words, and what they are about (L4). */

import {
  type ProposalState,
  type StatementDecision,
  type StatementDocument,
  statementSubject,
} from '../../kernel/index.ts';

/** What the document is made of. */
export type StatementRequest = {
  /** The proposal as the author's own process loaded it. */
  readonly state: ProposalState;
  readonly decision: StatementDecision;
  /** The author's name in the trust file. */
  readonly approver: string;
  readonly note: string;
  readonly through?: string | undefined;
  /** 32 lower-case hexadecimal characters from a secure source. */
  readonly nonce: string;
  readonly atMs: number;
};

/**
 * Writes a statement about a proposal as it stands: about this one execution or this one broken glass, and no later one.
 *
 * @returns the document, `canonicalJson` of which is the text to sign; `undefined` where there is nothing to state
 */
export function statementDocument(request: StatementRequest): StatementDocument | undefined {
  const { state, decision, approver, note, through, nonce, atMs } = request;
  const subject = statementSubject(state, decision);
  if (subject === undefined) return undefined;
  return { ...subject, approver, ...(through === undefined ? {} : { through }), note, atMs, nonce };
}
