/** The digest of a policy: what changes it ends every approval that was given under it, so nothing may be missed. */

import { expect, test } from 'vitest';
import { parseTrust, policyOf } from '../../../../src/loop/approve/index.ts';
import { CYD, RUNNER_KEY, trustText, VERIFIER_KEY } from '../../../support/trust-text.ts';

const MORE = `targets:
  box: {driver: sqlite, bind: {sqlite.path: /box/**}}
  shop: {driver: sqlite, bind: {sqlite.path: /srv/shop.db}}
`;

function digest(change: (text: string) => string = (text) => text, target = 'box'): string {
  const text = trustText(MORE);
  const changed = change(text);
  return policyOf(parseTrust(changed, 'trust.yaml'), { isSigned: false, repositoryRules: undefined }).policyDigest(
    target,
  );
}

test('[APPROVE-14] it is the same on every machine and in every version that reads this form', () => {
  expect(digest((text) => `${text}\n# nothing\n`)).toBe(digest());
});

test.each([
  ['a runner’s name', (text: string) => text.replace('name: laptop', 'name: tower')],
  ['a runner’s key', (text: string) => text.replace(RUNNER_KEY, RUNNER_KEY.replaceAll('BBB', 'DDD'))],
  ['a runner’s account', (text: string) => text.replace('account: deploy', 'account: root')],
  ['a runner’s recipient', (text: string) => text.replace('q'.repeat(58), 'p'.repeat(58))],
  ['a verifier’s name', (text: string) => text.replace('name: watcher', 'name: other')],
  ['a verifier’s key', (text: string) => text.replace(VERIFIER_KEY, VERIFIER_KEY.replaceAll('CCC', 'EEE'))],
  ['a verifier’s recipient', (text: string) => text.replace('z'.repeat(58), 'y'.repeat(58))],
  ['an account of an approver', (text: string) => text.replace('[ben, benjamin]', '[ben]')],
  [
    'accounts where there were none',
    (text: string) => text.replace('  - name: cyd\n', '  - name: cyd\n    accounts: [c]\n'),
  ],
  ['a group', (text: string) => text.replace('database: [ann, ben]', 'database: [ann]')],
  ['the target’s own lines', (text: string) => text.replace('/box/**', '/boxes/**')],
] as const)('[APPROVE-14] it changes with %s', (_what, change) => {
  expect(digest(change)).not.toBe(digest());
});

test('[APPROVE-14] a key that an approver changes ends no approval of others, and neither does another target', () => {
  expect(digest((text) => text.replace(`    keys: ['${CYD.line}']\n`, `    keys: ['${CYD.line} new-comment']\n`))).toBe(
    digest(),
  );
  expect(digest((text) => text.replace('/srv/shop.db', '/srv/other.db'))).toBe(digest());
});

test('[APPROVE-14] a target that nobody declared has a policy too, and not that of another one', () => {
  const undeclared = digest((text) => text, 'nobody');
  expect(undeclared).toMatch(/^[0-9a-f]{64}$/);
  expect(digest((text) => text.replace(MORE, ''), 'nobody')).toBe(undeclared);
  expect(digest((text) => text.replace(MORE, ''))).not.toBe(digest());
});
