import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseRepositoryRules, parseTrust, policyOf, publishedSchemas } from '../../../../src/loop/approve/index.ts';

const root = join(import.meta.dirname, '..', '..', '..', '..');

test('[APPROVE-16] the published schemas are those of the parsers; `node scripts/make-schemas.ts` writes them anew', () => {
  const schemas = Object.entries(publishedSchemas());
  expect(schemas.map(([name]) => name)).toEqual(['trust.schema.json', 'countersign.schema.json']);
  for (const [name, schema] of schemas) {
    expect(JSON.parse(readFileSync(join(root, 'docs', 'schemas', name), 'utf8'))).toEqual(schema);
  }
});

test('[APPROVE-16] the schemas close every object, and know the fields that people write', () => {
  const { 'trust.schema.json': trust, 'countersign.schema.json': repository } = publishedSchemas();
  expect(trust).toMatchObject({
    title: 'Countersign trust file',
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    additionalProperties: false,
    required: ['schema', 'version', 'approvers', 'runners', 'verifiers'],
  });
  expect(repository).toMatchObject({ additionalProperties: false, required: ['schema'] });
});

test('[APPROVE-16] every example can be read, and every example of a repository tightens the team’s', () => {
  const directory = join(root, 'examples', 'trust');
  const names = readdirSync(directory).filter((name) => name.endsWith('.yaml'));
  const read = (name: string): string => readFileSync(join(directory, name), 'utf8');
  expect(names.sort()).toEqual(['countersign.yaml', 'lone-developer.yaml', 'team.yaml']);
  const team = parseTrust(read('team.yaml'), 'team.yaml');
  expect(parseTrust(read('lone-developer.yaml'), 'lone-developer.yaml').policy.length).toBeGreaterThan(0);
  const repositoryRules = parseRepositoryRules(read('countersign.yaml'), 'countersign.yaml');
  expect(policyOf(team, { isSigned: true, repositoryRules }).policyDigest('shop-production')).toMatch(/^[0-9a-f]{64}$/);
});
