/** The name of a policy: an approval that was given under another one does not count. */

import { digestJson, type Sha256Hex } from '../../../kernel/index.ts';
import { sha256Hex } from '../sha256-hex.ts';
import type { PolicySource } from './policy-source.ts';

/**
 * Digests everything that bears on one target: its declaration and its grants, environments, rules, groups, the names and
 * accounts of approvers, runners, verifiers, and the repository's rules. Other targets, layout and comments change nothing.
 */
export function policyDigestOf(source: PolicySource, target: string): Sha256Hex {
  const { document } = source.trust;
  const runners = document.runners.map(({ name, key, account, recipient }) => ({ name, key, account, recipient }));
  return digestJson(sha256Hex, {
    schema: 'countersign.policy/1',
    target,
    declared: Object.entries(document.targets ?? {}).find(([name]) => name === target)?.[1],
    grants: (document.grants ?? []).filter((grant) => grant.target === target),
    approvers: document.approvers.map(({ name, accounts }) => ({ name, accounts: accounts ?? [] })),
    groups: document.groups,
    runners,
    verifiers: document.verifiers,
    environments: document.environments,
    defaults: document.defaults,
    policy: document.policy,
    repository: source.repositoryDocument,
  });
}
