/** A requirement: what the policy demands before a bundle may run, and which of its rules demanded it. */

import type { Sha256Hex } from './digest.ts';

/** A rule of the policy, by name and place, so that a decision can be argued with. */
export type RuleRef = {
  readonly rule: string;
  /** `file:line:column` of the rule. */
  readonly where: string;
  /** What it demanded, as a sentence. */
  readonly demand: string;
};

/** A signature that words need which release a held target or review a broken glass. */
export type SignatureDemand = {
  /** The rule that asks for it. */
  readonly rule: RuleRef;
  /** Keys that prove possession only are enough. */
  readonly plainKeys: boolean;
};

/** What must be true of the approvals. */
export type Requirement = {
  /** Distinct people who must approve; 0 only under a standing grant. */
  readonly approvals: number;
  /** Names in the trust file of those who may approve. */
  readonly eligible: readonly string[];
  /** The approver must not be the person behind the proposal. */
  readonly fourEyes: boolean;
  /** Signatures of keys that prove possession only are accepted. */
  readonly plainKeys: boolean;
  /** The rule by which releasing its target and reviewing its glass need a signature; absent where none does. */
  readonly signedReconcile?: RuleRef | undefined;
  /** How long the proposal stays open. */
  readonly openForMs: number;
  /** The longest life of one approval. */
  readonly approvalForMs: number;
  /** Names of those who may break the glass; empty where nobody may. */
  readonly breakGlass: readonly string[];
  /** The standing grant that approves it, when one does. */
  readonly grant?: string | undefined;
  readonly because: readonly RuleRef[];
  readonly policyDigest: Sha256Hex;
};

/**
 * Operating-system accounts of the people in the trust file.
 *
 * Under four eyes, an approver without a known account can't be told apart from the proposer, and is refused.
 */
export type AccountsOf = Readonly<Record<string, readonly string[]>>;
