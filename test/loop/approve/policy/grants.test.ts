import { expect, test } from 'vitest';
import type { AdmissionQuestion } from '../../../../src/loop/approve/index.ts';
import { facts, PLACES, policy, previewOf, question } from '../../../support/policy-questions.ts';

const GRANT = 'name: g, target: box, driver: sqlite, expires: 2030-01-01, by: ann';

/** Whether a grant approves; otherwise what the requirement says of it. */
function granted(
  grant: string,
  changed: Partial<AdmissionQuestion> = {},
  options: { readonly isSigned?: boolean; readonly more?: string } = {},
): string {
  const { isSigned = true, more = '' } = options;
  const answer = policy(`${PLACES}grants:\n  - {${grant}}\n${more}`, { isSigned }).admit(question(changed));
  if (answer.kind === 'refused') return 'refused';
  const { requirement } = answer;
  const note = requirement.because.find((rule) => rule.rule === 'grant g');
  if (requirement.grant === undefined) {
    expect(requirement.approvals).toBeGreaterThan(0);
    return note?.demand ?? 'nothing is said of it';
  }
  expect([requirement.grant, requirement.approvals]).toEqual(['g', 0]);
  expect(note).toEqual({
    rule: 'grant g',
    where: 'trust.yaml:25:6',
    demand: 'ann approved this kind of change beforehand, until 2030-01-01T00:00:00.000Z',
  });
  return 'granted';
}

test('[APPROVE-09, L1] a grant approves a sandbox change, and only from a signed trust file', () => {
  expect(granted(GRANT)).toBe('granted');
  expect(granted(GRANT, {}, { isSigned: false })).toBe(
    'does not apply: the trust file is not signed, and a grant is an approval',
  );
  const staging = PLACES.replace('/stage/**', '/box/**');
  const answer = policy(`${staging}grants:\n  - {${GRANT}}\n`, { isSigned: true }).admit(
    question({ environment: 'staging' }),
  );
  expect(answer).toMatchObject({ kind: 'admitted', requirement: { approvals: 1, grant: undefined } });
  expect(answer.kind === 'admitted' ? answer.requirement.because.at(-1)?.demand : '').toBe(
    'does not apply: grants are for sandboxes, and this is staging',
  );
});

test('[APPROVE-09, L1] a grant is for its own target and tool only', () => {
  expect(granted(GRANT.replace('target: box', 'target: shop'))).toBe('nothing is said of it');
  expect(granted(GRANT.replace('driver: sqlite', 'driver: terraform'))).toBe('nothing is said of it');
});

test('[APPROVE-09] a grant ends at its instant', () => {
  const end = Date.UTC(2030, 0, 1);
  expect(granted(GRANT, { atMs: end - 1 })).toBe('granted');
  expect(granted(GRANT, { atMs: end })).toBe('does not apply: it ran out 2030-01-01T00:00:00.000Z');
});

test('[APPROVE-09] a counted grant is used up, and worth nothing where nobody counts', () => {
  const counted = `${GRANT}, uses: 2`;
  expect(granted(counted)).toBe('does not apply: nobody counted how often it was used');
  expect(granted(counted, { grantsUsed: {} })).toBe('granted');
  expect(granted(counted, { grantsUsed: { g: 1 } })).toBe('granted');
  expect(granted(counted, { grantsUsed: { g: 2 } })).toBe('does not apply: it was used 2 of 2 times');
  expect(granted(counted.replace('name: g', 'name: g'), { grantsUsed: { other: 9 } })).toBe('granted');
});

test('[APPROVE-09] a condition narrows a grant, and one that can not be answered does not open it', () => {
  const small = `${GRANT}, when: 'preview.destroys == 0'`;
  expect(granted(small)).toBe('granted');
  expect(granted(small, { preview: previewOf({ a: 'delete' }) })).toBe('does not apply: its condition is not met');
  expect(granted(`${GRANT}, when: 'argv[0] == "x"'`)).toMatch(/^does not apply: its condition could not be answered: /);
});

test('[APPROVE-09, L2] a grant goes no further than one plain approval of its owner would go', () => {
  const under = (demand: string): string => granted(GRANT, {}, { more: `policy: [{name: p, demand: {${demand}}}]\n` });
  expect(under('approvals: 2')).toBe('does not apply: it is one approval, and 2 are asked for');
  expect(under('from: [ben]')).toBe('does not apply: ann may not approve this change');
  expect(under('from: [ann]')).toBe('granted');
  expect(under('plainKeys: false')).toBe('does not apply: this change asks for a person who is there');
  expect(under('fourEyes: true')).toBe('does not apply: this change asks for four eyes on this very change');
});

test('[APPROVE-09, L1] a command is granted argument by argument', () => {
  const places = { target: 'cmd', driver: 'argv', facts: facts({ 'argv.directory': '/box' }) } as const;
  const run = (patterns: string, argv: readonly string[]): boolean => {
    const text = `targets: {cmd: {driver: argv, bind: {argv.directory: /box}}}
environments: {sandbox: {where: [{argv.directory: /box}]}}
grants: [{name: g, target: cmd, driver: argv, argv: ${patterns}, expires: 2030-01-01, by: ann}]
`;
    const answer = policy(text, { isSigned: true }).admit(question({ ...places, argv }));
    return answer.kind === 'admitted' && answer.requirement.grant === 'g';
  };
  expect(run('[make, "*"]', ['make', 'clean'])).toBe(true);
  expect(run('[make, "*"]', ['make', '/etc/x'])).toBe(false);
  expect(run('[make, "*"]', ['make'])).toBe(false);
  expect(run('[make, "*"]', ['make', 'a', 'b'])).toBe(false);
  expect(run('[make]', [])).toBe(false);
  expect(granted(`${GRANT}, argv: ["--fast"]`, { argv: ['--fast'] })).toBe('granted');
  expect(granted(`${GRANT}, argv: ["--fast"]`, { argv: ['--slow'] })).toBe(
    'does not apply: the command is not the one that it allows',
  );
});
