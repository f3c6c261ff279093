import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { parseRepositoryRules, parseTrust, starterTrust } from '../../src/loop/approve/index.ts';
import { CHECK_QUESTIONS } from '../../src/tools/index.ts';

const guide = (name: string): string => readFileSync(join(import.meta.dirname, '../../docs/guide', name), 'utf8');
const yamlBlocks = (text: string): readonly string[] =>
  [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');

const PUBLIC_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB5esc6HNoWQXo2SulNAOjifcKWUvYfVyZhvf6FvsMEu';

/** A trust file of two approvers, into which the guide's examples are put. */
async function starter(): Promise<Record<string, unknown>> {
  const key = (): string =>
    generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const recipient = async (): Promise<string> => await identityToRecipient(await generateIdentity());
  const text = starterTrust({
    approver: { name: 'ann', keys: [PUBLIC_KEY], accounts: ['ann'] },
    runner: { name: 'runner', key: key(), recipient: await recipient(), account: 'runner' },
    verifier: { name: 'verifier', key: key(), recipient: await recipient() },
  });
  const trust = parse(text);
  const { publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  const wire = Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.from([0, 0, 0, 32]), raw]);
  trust.approvers.push({ name: 'ben', keys: [`ssh-ed25519 ${wire.toString('base64')}`], accounts: ['ben'] });
  return trust;
}

const isRepositoryFile = (block: string): boolean => block.startsWith('schema: countersign.repository/1');

test('[RANGE-09, L15] the examples of the trust file, all put together, are a trust file', async () => {
  const blocks = yamlBlocks(guide('trust-file.md')).filter((block) => !isRepositoryFile(block));
  const examples: Record<string, Record<string, unknown>> = Object.assign({}, ...blocks.map((block) => parse(block)));
  expect(Object.keys(examples).sort()).toEqual([
    ...['defaults', 'environments', 'grants', 'groups', 'planner', 'policy', 'targets'],
  ]);
  const targets = { ...examples['targets'], 'shop-sandbox': { driver: 'sqlite' } };
  const trust = parseTrust(stringify({ ...(await starter()), ...examples, targets }), 'trust.yaml');
  expect([...trust.targets.keys()]).toEqual(['shop-db', 'shop-infra', 'shop-deploys', 'shop-sandbox']);
  expect(trust.targets.get('shop-infra')?.checks.map((check) => check.id)).toEqual(['shop-answers']);
  expect(trust.policy.map((rule) => rule.name)).toHaveLength(5);
  expect(trust.grants.map((grant) => grant.name)).toEqual(['sandbox-migrations']);
});

test('[RANGE-09, L15] the example of a repository file is one', async () => {
  const [block] = yamlBlocks(guide('trust-file.md')).filter(isRepositoryFile);
  const rules = parseRepositoryRules(block ?? '', 'countersign.yaml');
  const trust = parseTrust(stringify(await starter()), 'trust.yaml');
  expect(rules.against(trust).map((rule) => rule.name)).toEqual(['no-destroys-from-here']);
  expect(rules.checks.map((check) => check.id)).toEqual(['version-file']);
});

test('[RANGE-09, L7] every check of the guide is a question that can be put', () => {
  const checks: readonly { kind: keyof typeof CHECK_QUESTIONS; question: unknown }[] = yamlBlocks(
    guide('checks.md'),
  ).flatMap((block) => parse(block));
  expect(checks.map((check) => check.kind)).toEqual(['http', 'file', 'sqlite', 'command']);
  const refused = checks.filter(({ kind, question }) => {
    const shape: { safeParse(value: unknown): { success: boolean } } = CHECK_QUESTIONS[kind];
    return !shape.safeParse(question).success;
  });
  expect(refused).toEqual([]);
});
