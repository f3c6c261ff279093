import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { placeIn } from '../../../../src/surfaces/cli/practice/place.ts';
import { withPracticeTargets } from '../../../../src/surfaces/cli/practice/practice-trust.ts';

const place = placeIn('/range', 'http://127.0.0.1:1');

test('[RANGE-04, L15] the range adds its own targets, one version higher, and keeps what stands there', () => {
  const text = withPracticeTargets('# mine\nschema: countersign.trust/1\nversion: 1\napprovers: []\n', place);
  expect(text).toContain('# mine');
  const trust = parse(text);
  expect(trust).toMatchObject({ schema: 'countersign.trust/1', version: 2, approvers: [] });
  expect(trust.targets).toEqual({
    'practice-db': { driver: 'sqlite', bind: { 'sqlite.path': '/range/desk/orders.db' } },
    'practice-infra': { driver: 'terraform', bind: { 'terraform.directory': '/range/work/infra' } },
    'practice-desk': { driver: 'argv', bind: { 'argv.directory': '/range/work/roll-out' } },
  });
  expect(trust.environments.sandbox.where).toEqual([
    { 'sqlite.path': '/range/desk/orders.db' },
    { 'terraform.directory': '/range/work/infra' },
    { 'argv.directory': '/range/work/roll-out' },
  ]);
  expect(trust.policy).toMatchObject([
    { name: 'practice-only', when: '!(target.name in ["practice-db","practice-infra","practice-desk"])' },
  ]);
});

test.for(['', 'version: [', 'version: one\n', '- 1\n'])(
  '[RANGE-04] a trust file that is none is not written to: %o',
  (text) => {
    expect(() => withPracticeTargets(text, place)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  },
);
