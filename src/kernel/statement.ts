/** A statement: what a person signs who releases a held target or reviews a broken glass. Nobody else's word does either. */

import type { ApprovalSignature, KeyStrength } from './approval.ts';
import type { Environment } from './bundle.ts';
import type { Sha256Hex } from './digest.ts';

/** What a statement does. */
export type StatementDecision = 'reconcile' | 'review';

/** What the signature covers, as JCS. */
export type StatementDocument = {
  readonly schema: 'countersign.statement/1';
  readonly decision: StatementDecision;
  readonly proposal: string;
  readonly bundleDigest: Sha256Hex;
  readonly target: string;
  readonly environment: Environment;
  /** The author's name in the trust file. */
  readonly approver: string;
  /**
   * What it was made on, so that it counts for nothing that comes later: the claim of the execution that left the target in
   * doubt, or the nonce of the approval that broke the glass.
   */
  readonly madeOn: string;
  /** How many verdicts its author could know. */
  readonly verdicts: number;
  /** The recovery proposal that put the world right, when one did. */
  readonly through?: string | undefined;
  /** What the author found, in their words. */
  readonly note: string;
  readonly atMs: number;
  /** 32 lower-case hexadecimal characters from a secure source: no two statements are the same text. */
  readonly nonce: string;
};

/** A signed statement, as it is handed in. */
export type SignedStatement = {
  readonly document: StatementDocument;
  /** In the namespace of statements: an approval's signature is none. */
  readonly signature: ApprovalSignature;
};

/** A statement whose signature was checked against the trust file, with what that check learned. */
export type CheckedStatement = SignedStatement & {
  /** The key, as `SHA256:…` in OpenSSH's own fingerprint form. */
  readonly fingerprint: string;
  readonly strength: KeyStrength;
};
