/** The range's own rules: its targets, each bound to the facts of the range's directory, and how a lone person approves. */

import { type Document, parseDocument } from 'yaml';
import { Failure } from '../../../kernel/index.ts';
import type { Place } from './place.ts';

/** The database of the order desk. */
export const DATABASE_TARGET = 'practice-db';
/** What Terraform manages for the order desk. */
export const INFRA_TARGET = 'practice-infra';
/** What deploy scripts change, where there is no Terraform. */
export const SCRIPT_TARGET = 'practice-desk';

/**
 * Adds the range's targets to the trust file that the first approver made.
 *
 * @param trust  the text of `trust.yaml`
 * @returns the new text; its version is one higher
 * @throws Failure `CONFIG_INVALID` when the text is no YAML map with a version
 */
export function withPracticeTargets(trust: string, place: Place): string {
  const document: Document = parseDocument(trust);
  const version = document.get('version');
  if (document.errors.length > 0 || typeof version !== 'number') {
    throw new Failure('CONFIG_INVALID', 'the new trust file of the range is not readable', {
      hint: 'this is most likely a bug: please report it',
      where: place.trustFile,
    });
  }
  document.set('version', version + 1);
  document.set('targets', document.createNode(practiceTargets()));
  document.set('defaults', document.createNode({ approvals: 1, from: ['practice'], fourEyes: false, plainKeys: true }));
  return document.toString();
}

function practiceTargets(): Readonly<Record<string, object>> {
  return {
    [DATABASE_TARGET]: { driver: 'sqlite' },
    [INFRA_TARGET]: { driver: 'terraform' },
    [SCRIPT_TARGET]: { driver: 'argv' },
  };
}
