import { expect, test } from 'vitest';
import { PLACES, policy, previewOf, question } from '../../../support/policy-questions.ts';

const DEFAULTS = 'defaults: {signedReconcile: true}\n';
const RULE = `policy:
  - name: short
    demand: {openFor: 1h}
  - name: signed-in-sandboxes
    when: target.environment == "sandbox" && preview.destroys > 0
    demand: {signedReconcile: true, plainKeys: false}
  - name: never-here
    when: argv.size() > 9
    refuse: never
`;
const DESTROYING = question({ preview: previewOf({ 'table orders': 'delete' }) });

test('[APPROVE-31, L13] without a word on it nothing asks for signed releases', () => {
  for (const more of [PLACES, `${PLACES}defaults: {signedReconcile: false}\n`]) {
    const answer = policy(more).admit(question());
    expect(answer).toMatchObject({ kind: 'admitted' });
    expect(answer.kind === 'admitted' && Object.keys(answer.requirement)).not.toContain('signedReconcile');
    expect(policy(more).signatureDemand(question())).toBeUndefined();
  }
});

test('[APPROVE-31, APPROVE-04] a default that asks for it is named with its line', () => {
  const rule = {
    rule: 'defaults',
    where: 'trust.yaml:17:1',
    demand: expect.stringContaining('; a signature to release a held target; '),
  };
  const of = policy(`${DEFAULTS}${PLACES}`);
  expect(of.admit(question())).toMatchObject({ requirement: { signedReconcile: rule } });
  expect(of.signatureDemand(question())).toEqual({ rule, plainKeys: true });
});

test('[APPROVE-31, APPROVE-04] a rule asks for it where its condition is met, and says how strong the key must be', () => {
  const of = policy(`${PLACES}${RULE}`);
  const rule = {
    rule: 'signed-in-sandboxes',
    where: 'trust.yaml:27:5',
    demand: 'keys that prove a person was there; a signature to release a held target',
  };
  expect(of.signatureDemand(DESTROYING)).toEqual({ rule, plainKeys: false });
  expect(of.admit(DESTROYING)).toMatchObject({ requirement: { signedReconcile: rule } });
  expect(of.signatureDemand(question())).toBeUndefined();
});

test('[APPROVE-31, L15] the present facts decide on the environment, and what would refuse the change asks all the same', () => {
  const of = policy(`${PLACES}${RULE.replace('argv.size() > 9', 'argv.size() >= 0')}`);
  expect(of.admit(DESTROYING)).toMatchObject({ kind: 'refused' });
  expect(of.signatureDemand({ ...DESTROYING, environment: 'production' })).toMatchObject({ plainKeys: false });
  const unknown = policy(`${PLACES}policy: [{name: odd, when: 'argv[5] == "x"', demand: {signedReconcile: true}}]\n`);
  expect(unknown.signatureDemand(question())).toMatchObject({
    rule: { rule: 'odd', demand: expect.stringContaining('counts as met') },
  });
});

test('[APPROVE-31, APPROVE-12, L15] a repository may ask for signatures, and may not let them go', () => {
  const repository = 'policy:\n  - name: ours\n    demand: {signedReconcile: true}\n';
  expect(policy(PLACES, { repository }).signatureDemand(question())).toMatchObject({
    rule: { rule: 'ours', where: 'countersign.yaml:3:5' },
  });
  expect(() => policy(PLACES, { repository: repository.replace('true', 'false') })).toThrow(
    expect.objectContaining({
      code: 'CONFIG_INVALID',
      message: 'policy[0].demand.signedReconcile would loosen the policy',
      where: 'countersign.yaml:4:14',
    }),
  );
});
