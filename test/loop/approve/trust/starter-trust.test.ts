import { expect, test } from 'vitest';
import { addApprover, parseTrust, type StarterParties, starterTrust } from '../../../../src/loop/approve/index.ts';
import { ANN, BEN, CYD, RUNNER_KEY, trustText, VERIFIER_KEY } from '../../../support/trust-text.ts';

const PARTIES: StarterParties = {
  approver: { name: 'ann', keys: [`${ANN.line}\n`], accounts: ['ann', 'ann-admin'] },
  runner: { name: 'laptop', key: RUNNER_KEY, recipient: `age1${'q'.repeat(58)}`, account: 'ann' },
  verifier: { name: 'watcher', key: VERIFIER_KEY, recipient: `age1${'z'.repeat(58)}` },
};

test('[APPROVE-15] the first trust file names its people and asks for one approval', () => {
  const trust = parseTrust(starterTrust(PARTIES), 'trust.yaml');
  expect(trust).toMatchObject({
    version: 1,
    approvers: [{ name: 'ann', accounts: ['ann', 'ann-admin'] }],
    runners: [{ name: 'laptop', key: RUNNER_KEY, account: 'ann' }],
    verifiers: [{ name: 'watcher', key: VERIFIER_KEY }],
    policy: [],
    grants: [],
    environments: [],
  });
  expect(trust.targets.size).toBe(0);
  expect(trust.defaults).toMatchObject({
    approvals: 1,
    fourEyes: false,
    plainKeys: true,
    openForMs: 86_400_000,
    approvalForMs: 3_600_000,
  });
});

test('[APPROVE-15] the examples in its comments can be used as they stand', () => {
  const lines = starterTrust(PARTIES).split('\n');
  const from = lines.findIndex((line) => line.startsWith('# targets:'));
  const examples = lines.slice(from).map((line) => line.replace(/^# (?=[a-z-]+:$| )/, ''));
  const text = [...lines.slice(0, from), ...examples]
    .join('\n')
    .replace('target: shop-sandbox', 'target: shop-database');
  const trust = parseTrust(text, 'trust.yaml');
  expect([...trust.targets.keys()]).toEqual(['shop-database']);
  expect(trust.targets.get('shop-database')?.checks.map((check) => check.id)).toEqual(['orders-are-there']);
  expect(trust.environments.map((rule) => rule.environment)).toEqual(['sandbox']);
  expect(trust.policy.map((rule) => rule.name)).toEqual([
    'two-for-production-destroys',
    'something-must-be-able-to-confirm-it',
    'never-the-users-table',
    'whole-plans-only',
  ]);
  expect(trust.grants.map((grant) => grant.name)).toEqual(['sandbox-migrations']);
});

test('[APPROVE-15, L12] names and keys that would write something else into the file are refused', () => {
  const named = (name: string): unknown => starterTrust({ ...PARTIES, approver: { ...PARTIES.approver, name } });
  expect(() => named('ann\nversion: 9')).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  expect(() => named('a: b')).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  expect(() => named('a\u202eb')).toThrow(
    expect.objectContaining({
      message: 'a⟨U+202E⟩b has hidden characters',
      hint: 'write the name or the key on one line, without hidden characters',
    }),
  );
  expect(() => starterTrust({ ...PARTIES, verifier: { ...PARTIES.verifier, key: RUNNER_KEY } })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID' }),
  );
});

test('[APPROVE-15] an approver is added, the version raised, and every remark of the people stays', () => {
  const text = trustText('# the night shift\ndefaults: {openFor: 2h} # not longer\n').replace(
    / {2}- name: cyd\n.*\n/,
    '',
  );
  const changed = addApprover(text, { name: 'cyd', keys: [CYD.line], accounts: ['cyd'] });
  const trust = parseTrust(changed, 'trust.yaml');
  expect(trust.version).toBe(2);
  expect(trust.approvers.map(({ name, accounts }) => [name, accounts])).toEqual([
    ['ann', ['ann']],
    ['ben', ['ben', 'benjamin']],
    ['cyd', ['cyd']],
  ]);
  expect(changed).toContain('# the night shift');
  expect(changed).toContain('# not longer');
  expect(changed.indexOf('night shift')).toBeGreaterThan(changed.indexOf('cyd'));
});

test('[APPROVE-15] somebody who is there gets one more key, and accounts that were not known', () => {
  const text = trustText().replace(/ {2}- name: cyd\n.*\n/, '');
  const more = addApprover(text, { name: 'ben', keys: [CYD.line], accounts: ['ben', 'bb'] });
  expect(parseTrust(more, 't').approvers[1]).toMatchObject({ name: 'ben', accounts: ['ben', 'benjamin', 'bb'] });
  expect(parseTrust(more, 't').approvers[1]?.keys).toHaveLength(2);
  const first = addApprover(trustText(), { name: 'cyd', keys: [], accounts: ['cyd'] });
  expect(parseTrust(first, 't').approvers[2]).toMatchObject({ name: 'cyd', accounts: ['cyd'] });
});

test('[APPROVE-15, L13] a key of somebody else, or none at all, is not added', () => {
  expect(() => addApprover(trustText(), { name: 'dan', keys: [BEN.line], accounts: [] })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringMatching(/is that of ben already$/) }),
  );
  expect(() => addApprover(trustText(), { name: 'dan', keys: [], accounts: [] })).toThrow(
    expect.objectContaining({ message: 'approvers[3].keys: must hold at least one key' }),
  );
  expect(() => addApprover('x: 1\n', { name: 'dan', keys: [CYD.line], accounts: [] })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID' }),
  );
});
