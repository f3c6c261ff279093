/** A refusal: an expected answer that says what, where, why and what to do next (L13). */

/** Why something was refused, as a stable code that tests and `--json` readers can rely on. */
export type RefusalCode =
  | 'NOT_LEGAL_NOW'
  | 'NOT_YOURS_TO_DO'
  | 'WRONG_DOCUMENT'
  | 'SIGNATURE_INVALID'
  | 'SIGNATURE_NAMESPACE'
  | 'KEY_NOT_REGISTERED'
  | 'KEY_TOO_WEAK'
  | 'NOT_ELIGIBLE'
  | 'FOUR_EYES'
  | 'ALREADY_DECIDED'
  | 'NONCE_USED'
  | 'EXPIRED'
  | 'QUORUM'
  | 'POLICY'
  | 'PREVIEW_MISMATCH'
  | 'STALE'
  | 'TARGET_BUSY'
  | 'TARGET_HELD'
  | 'NO_BASELINE'
  | 'WRONG_RUNNER'
  | 'OWN_WORK'
  | 'AGENT_SESSION';

/** An answer of "no": nothing was done. */
export type Refusal = {
  readonly kind: 'refused';
  readonly code: RefusalCode;
  /** What was refused. */
  readonly what: string;
  /** `file:line:column`, a resource address, or the proposal's id. */
  readonly where: string;
  readonly why: string;
  /** What to do next. */
  readonly next: string;
};
