/** Questions to a policy, with everything that a test does not care about filled in. */

import { countChanges, type Fact, type Preview, type ResourceChange } from '../../src/kernel/index.ts';
import {
  type AdmissionQuestion,
  parseRepositoryRules,
  parseTrust,
  policyOf,
  type TargetPolicy,
} from '../../src/loop/approve/index.ts';
import { trustText } from './trust-text.ts';

/** The policy of a trust file with these lines added, and of a repository where one is given. */
export function policy(
  more = '',
  options: { readonly isSigned?: boolean; readonly repository?: string } = {},
): TargetPolicy {
  const { isSigned = false, repository } = options;
  const rules = `schema: countersign.repository/1\n${repository ?? ''}`;
  return policyOf(parseTrust(trustText(more), 'trust.yaml'), {
    isSigned,
    repositoryRules: repository === undefined ? undefined : parseRepositoryRules(rules, 'countersign.yaml'),
  });
}

/** Binding facts by name. */
export function facts(values: Readonly<Record<string, string | number>>): readonly Fact[] {
  return Object.entries(values).map(([name, value]) => ({ name, role: 'binding', value }));
}

/** A preview of resources by address. */
export function previewOf(resources: Readonly<Record<string, ResourceChange['action']>> = {}): Preview {
  const changes = Object.entries(resources).map(([address, action]) => ({ address, action, attributes: [] }));
  return {
    schema: 'countersign.preview/1',
    driver: 'sqlite',
    counts: countChanges(changes),
    resources: changes,
    unpredictable: [],
    text: '',
    notes: [],
  };
}

/** A sealed change of the sandbox database `box`, proposed by an agent of dora's. */
export function question(changed: Partial<AdmissionQuestion> = {}): AdmissionQuestion {
  return {
    target: 'box',
    environment: 'sandbox',
    driver: 'sqlite',
    facts: facts({ 'sqlite.path': '/box/a.db' }),
    preview: previewOf({ 'table orders': 'update' }),
    checks: [{ id: 'c', kind: 'file', claim: 'c', origin: 'proposal', question: {}, timeoutMs: 1000 }],
    proposer: { kind: 'agent', name: 'claude', person: 'dora', model: 'm-1' },
    argv: [],
    atMs: Date.UTC(2029, 0, 1),
    ...changed,
  };
}

/** Targets and environments that the questions above are about. */
export const PLACES = `targets:
  box: {driver: sqlite, bind: {sqlite.path: /box/**}}
  shop: {driver: sqlite, bind: {sqlite.path: /srv/shop.db}, environment: sandbox}
environments:
  sandbox: {where: [{sqlite.path: /box/**}]}
  staging: {where: [{sqlite.path: /stage/**}]}
  production: {where: [{sqlite.path: /srv/**}]}
`;
