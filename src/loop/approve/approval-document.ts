/** Writes what a person signs: a document that names exactly what they saw (L4). */

import type { ApprovalDocument, Decision, StateOf } from '../../kernel/index.ts';

/** What the document is made of. */
export type ApprovalRequest = {
  /** The proposal as the approver's own process loaded it. */
  readonly state: StateOf<'open' | 'approved'>;
  /** The approver's name in the trust file. */
  readonly approver: string;
  readonly decision: Decision;
  /** Why; demanded for `reject` and `break-glass`. */
  readonly reason: string;
  /** 32 lower-case hexadecimal characters from a secure source. */
  readonly nonce: string;
  readonly atMs: number;
};

/**
 * Writes an approval document that lives as long as the policy lets it, and no longer than its proposal.
 *
 * @returns the document; `canonicalJson` of it is the text to sign
 */
export function approvalDocument(request: ApprovalRequest): ApprovalDocument {
  const { state, approver, decision, reason, nonce, atMs } = request;
  return {
    schema: 'countersign.approval/1',
    decision,
    proposal: state.proposal,
    bundleDigest: state.bundleDigest,
    previewDigest: state.previewDigest,
    target: state.target,
    environment: state.environment,
    approver,
    policyDigest: state.requirement.policyDigest,
    runner: state.runner,
    expiresAtMs: Math.min(atMs + state.requirement.approvalForMs, state.expiresAtMs),
    nonce,
    reason,
  };
}
