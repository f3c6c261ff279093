/** The port of the runner's own trust: what it believes of approvals and policy, whatever the control plane says (L15). */

import type {
  AccountsOf,
  CheckedApproval,
  CheckedStatement,
  Manifest,
  PresentDemand,
  Preview,
  Proposer,
  Refusal,
  SignatureDemand,
  SignedApproval,
  SignedStatement,
} from '../../kernel/index.ts';

/** What the policy is asked about: a bundle, the preview that was recomputed from it, and who proposed it. */
type Demanding = {
  readonly manifest: Manifest;
  readonly preview: Preview;
  readonly proposer: Proposer;
  /** How often the runner's own ledger saw each standing grant used: a record that forgot some does not bring them back. */
  readonly grantsUsed: Readonly<Record<string, number>>;
};

/** What the runner's pinned policy demands of a bundle now. */
export type Demand = PresentDemand;

/** The runner's pinned trust file. Reads nothing that the control plane can write. */
export interface Authority {
  /** Who has which operating-system accounts, for four eyes. @throws Failure `TRUST_MISSING`, `TRUST_UNSIGNED`, `CONFIG_INVALID` */
  accountsOf(): Promise<AccountsOf>;
  /** Checks one signature and its key. @throws Failure `TRUST_MISSING`, `TRUST_UNSIGNED`, `CONFIG_INVALID` */
  checkApproval(approval: SignedApproval): Promise<CheckedApproval | Refusal>;
  /** Checks the signature under the words that released a target. @throws Failure `TRUST_MISSING`, `TRUST_UNSIGNED`, `CONFIG_INVALID` */
  checkStatement(statement: SignedStatement): Promise<CheckedStatement | Refusal>;
  /** The rule by which words that release the target of a bundle must be signed now; `undefined` when none asks for it. @throws Failure as above */
  signatureDemand(demanding: Omit<Demanding, 'grantsUsed'>): Promise<SignatureDemand | undefined>;
  /** Resolves the target by its facts and admits the preview, as the control plane did when it opened the proposal. */
  demand(demanding: Demanding): Promise<Demand | Refusal>;
}
