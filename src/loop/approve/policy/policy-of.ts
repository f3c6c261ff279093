/** Joins a trust file and a repository's rules to one policy. */

import type { AccountsOf } from '../../../kernel/index.ts';
import { checkApproval } from '../check-approval.ts';
import { checkStatement } from '../check-statement.ts';
import type { RepositoryRules } from '../trust/repository-rules.ts';
import type { Trust } from '../trust/trust.ts';
import { admit, signatureDemand } from './admit.ts';
import { demandNow } from './demand-now.ts';
import { policyDigestOf } from './policy-digest.ts';
import { mandatedChecks, type PolicySource } from './policy-source.ts';
import { resolveTarget } from './resolve-target.ts';
import type { TargetPolicy } from './target-policy.ts';

/** How far a trust file is to be believed, and what a repository adds to it. */
export type PolicyOptions = {
  /** An approver's signature over the trust file was checked; standing grants count only then. */
  readonly isSigned: boolean;
  readonly repositoryRules?: RepositoryRules | undefined;
};

/**
 * Makes the policy of a trust file.
 *
 * @throws Failure `CONFIG_INVALID` when the repository's rules name unknown people or would loosen the trust file
 */
export function policyOf(trust: Trust, options: PolicyOptions): TargetPolicy {
  const { isSigned, repositoryRules } = options;
  const source: PolicySource = {
    trust,
    isSigned,
    rules: [...trust.policy, ...(repositoryRules?.against(trust) ?? [])],
    repositoryChecks: repositoryRules?.checks ?? [],
    repositoryLabel: repositoryRules?.label,
    repositoryDocument: repositoryRules?.document,
  };
  return {
    resolve: (question) => resolveTarget(source, question),
    admit: (question) => admit(source, question),
    demand: (question) => demandNow(source, question),
    signatureDemand: (question) => signatureDemand(source, question),
    mandatedChecks: (target) => mandatedChecks(source, target),
    accountsOf: accountsOf(trust),
    checkApproval: (signed) => checkApproval(trust, signed),
    checkStatement: (signed) => checkStatement(trust, signed),
    policyDigest: (target) => policyDigestOf(source, target),
  };
}

// Own members for every approver: a name such as `constructor` must not find something that nobody wrote.
function accountsOf(trust: Trust): AccountsOf {
  return Object.fromEntries(trust.approvers.map(({ name, accounts }) => [name, accounts]));
}
