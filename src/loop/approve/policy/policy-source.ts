/** What a policy is made of: the trust file, whether a person signed it, and the rules that a repository adds. */

import type { CheckSpec } from '../../../kernel/index.ts';
import type { PolicyRule, Trust } from '../trust/trust.ts';
import type { RepositoryDocument } from '../trust/trust-document.ts';
import type { EnvironmentLabel } from './environment-of.ts';

/** A trust file with a repository's rules resolved against it. */
export type PolicySource = {
  readonly trust: Trust;
  readonly isSigned: boolean;
  /** The trust file's rules, then the repository's. */
  readonly rules: readonly PolicyRule[];
  readonly repositoryChecks: readonly CheckSpec[];
  readonly repositoryLabel: EnvironmentLabel | undefined;
  readonly repositoryDocument: RepositoryDocument | undefined;
};

/** The checks that every change of a target has, the trust file's first. */
export function mandatedChecks(source: PolicySource, target: string): readonly CheckSpec[] {
  return [...(source.trust.targets.get(target)?.checks ?? []), ...source.repositoryChecks];
}
