/** An approval: a person's signature over a canonical document that names exactly what was seen (L4). */

import type { Environment } from './bundle.ts';
import type { Sha256Hex } from './digest.ts';

/** What a person can decide. `break-glass` approves alone, needs a reason, and opens a mandatory review. */
export type Decision = 'approve' | 'reject' | 'break-glass';

/** What the signature covers, as JCS. */
export type ApprovalDocument = {
  readonly schema: 'countersign.approval/1';
  readonly decision: Decision;
  readonly proposal: string;
  readonly bundleDigest: Sha256Hex;
  readonly previewDigest: Sha256Hex;
  readonly target: string;
  readonly environment: Environment;
  /** The approver's name in the trust file. */
  readonly approver: string;
  readonly policyDigest: Sha256Hex;
  /** The runner that alone may run it. */
  readonly runner: string;
  readonly expiresAtMs: number;
  /** 32 lower-case hexadecimal characters from a secure source; used once. */
  readonly nonce: string;
  /** Why, in the approver's words; demanded for `reject` and `break-glass`. */
  readonly reason: string;
};

/** How a document was signed. More ways may join; each carries all that an offline check needs. */
export type ApprovalSignature = {
  readonly kind: 'ssh';
  /** The armored SSH signature (PROTOCOL.sshsig), namespace `countersign`. */
  readonly armored: string;
};

/** A signed document, as it is recorded and handed to the runner. */
export type SignedApproval = {
  readonly document: ApprovalDocument;
  readonly signature: ApprovalSignature;
};

/** How strong the key was: `verified` keys proved a person's presence and verification, `plain` keys prove possession. */
export type KeyStrength = 'plain' | 'verified';

/** A signed document whose signature was checked against the trust file, with what that check learned. */
export type CheckedApproval = SignedApproval & {
  /** The key, as `SHA256:…` in OpenSSH's own fingerprint form. */
  readonly fingerprint: string;
  readonly strength: KeyStrength;
};
