/** The policy for changes planned in one directory: the trust file, and what lies in the repository, which can only tighten it. */

import { dirname, join } from 'node:path';
import type { Files } from '../kernel/index.ts';
import {
  type AcceptedTrust,
  parseRepositoryRules,
  policyOf,
  type RepositoryRules,
  type TargetPolicy,
} from '../loop/approve/index.ts';
import type { Base } from './base.ts';
import { believeTrust } from './read-trust.ts';

const RULES_FILE = 'countersign.yaml';
const MOST_BYTES = 256 * 1024;

/**
 * Reads the policy with the memory of one home.
 *
 * Whoever executes reads the repository's rules again: were they changed since, the policy's digest differs, and nothing runs.
 *
 * @throws Failure `TRUST_MISSING`, `TRUST_UNSIGNED`, `TRUST_ROLLED_BACK`, `CONFIG_INVALID`
 */
export async function readPolicy(base: Base, home: string, directory: string): Promise<TargetPolicy> {
  const { trust, isSigned }: AcceptedTrust = await believeTrust(base, home);
  return policyOf(trust, { isSigned, repositoryRules: await findRules(base.machine.files, directory) });
}

/** Looks for the repository's rules from the directory upwards, up to the repository's root. */
async function findRules(files: Files, directory: string): Promise<RepositoryRules | undefined> {
  for (let place = directory; ; place = dirname(place)) {
    const file = join(place, RULES_FILE);
    const content = await files.read(file, MOST_BYTES);
    if (content !== undefined) return parseRepositoryRules(new TextDecoder().decode(content), file);
    const isRoot = (await files.stat(join(place, '.git'))) !== undefined;
    if (isRoot || dirname(place) === place) return undefined;
  }
}
