import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { CheckSpec, Requirement, RuleRef } from '../../../../src/kernel/index.ts';
import type { AdmissionQuestion, TargetPolicy } from '../../../../src/loop/approve/index.ts';
import { facts, PLACES, policy, previewOf, question } from '../../../support/policy-questions.ts';

/** The requirement of an admitted question. */
function admitted(of: TargetPolicy, changed: Partial<AdmissionQuestion> = {}): Requirement {
  const answer = of.admit(question(changed));
  if (answer.kind === 'refused')
    throw new Error(answer.because.map((rule) => `${rule.rule}: ${rule.demand}`).join('; '));
  return answer.requirement;
}

/** What a question is refused with, rule by rule. */
function refused(of: TargetPolicy, changed: Partial<AdmissionQuestion> = {}): readonly string[] {
  const answer = of.admit(question(changed));
  return answer.kind === 'refused' ? answer.because.map(refText) : ['admitted'];
}

function refText({ rule, where, demand }: RuleRef): string {
  return `${rule} (${where}): ${demand}`;
}

const shop = { target: 'shop', environment: 'production', facts: facts({ 'sqlite.path': '/srv/shop.db' }) } as const;

const BUILT_IN =
  '1 approval; only ann, ben, cyd may approve; open for 1d at most; an approval lives 1h at most; nobody may break the glass';

test('[APPROVE-03] without rules the built-in demand is asked, and named', () => {
  const requirement = admitted(policy(PLACES));
  expect(requirement).toEqual({
    approvals: 1,
    eligible: ['ann', 'ben', 'cyd'],
    fourEyes: false,
    plainKeys: true,
    openForMs: 86_400_000,
    approvalForMs: 3_600_000,
    breakGlass: [],
    grant: undefined,
    because: [
      {
        rule: 'defaults',
        where: 'trust.yaml:1:1',
        demand: BUILT_IN,
      },
    ],
    policyDigest: policy(PLACES).policyDigest('box'),
  });
});

const RULES = `${PLACES}defaults: {breakGlass: [ann, ben], openFor: 2h}
policy:
  - name: destroys
    when: preview.destroys > 0 && target.environment == "production"
    demand: {approvals: 2, fourEyes: true, approvalFor: 15m}
  - name: agents
    when: proposer.kind == "agent"
    demand: {from: [database], plainKeys: false, openFor: 90m, breakGlass: [ann]}
  - name: freeze
    when: preview.addresses.exists(a, a == "table users")
    refuse: the users table is changed by its owners only
`;

test('[APPROVE-03, APPROVE-04] all rules that match are combined to the strictest, each with its line', () => {
  const requirement = admitted(policy(RULES), { ...shop, preview: previewOf({ 'table old': 'delete' }) });
  expect(requirement).toMatchObject({
    approvals: 2,
    eligible: ['ann', 'ben'],
    fourEyes: true,
    plainKeys: false,
    openForMs: 5_400_000,
    approvalForMs: 900_000,
    breakGlass: ['ann'],
  });
  expect(requirement.because.map(refText)).toEqual([
    'defaults (trust.yaml:24:1): 1 approval; only ann, ben, cyd may approve; open for 2h at most; an approval lives 1h at most; ann, ben may break the glass',
    'destroys (trust.yaml:26:5): 2 approvals; other eyes than those of the person behind it; an approval lives 15m at most',
    'agents (trust.yaml:29:5): only ann, ben may approve; keys that prove a person was there; open for 90m at most; ann may break the glass',
  ]);
});

test('[APPROVE-03] a rule that does not match demands nothing', () => {
  const requirement = admitted(policy(RULES), { proposer: { kind: 'person', name: 'ann' } });
  expect(requirement.because.map((rule) => rule.rule)).toEqual(['defaults']);
  expect(requirement).toMatchObject({ approvals: 1, eligible: ['ann', 'ben', 'cyd'], breakGlass: ['ann', 'ben'] });
});

test('[APPROVE-04, L13] a refusing rule is named with its line and its sentence', () => {
  expect(refused(policy(RULES), { preview: previewOf({ 'table users': 'update' }) })).toEqual([
    'freeze (trust.yaml:32:5): the users table is changed by its owners only',
  ]);
});

test('[APPROVE-05] a condition that can not be answered counts as met, and says so', () => {
  const of = policy(`${PLACES}policy:
  - {name: first-arg, when: 'argv[0] == "x"', demand: {approvals: 2}}
  - {name: never, when: 'argv[1] == "y"', refuse: not this}
`);
  expect(refused(of, { argv: ['a', 'b'] })).toEqual(['admitted']);
  expect(refused(of, { argv: ['a', 'y'] })).toEqual(['never (trust.yaml:26:6): not this']);
  const [doubt] = refused(of, { argv: ['a'] });
  expect(doubt).toMatch(
    /^never \(trust.yaml:26:6\): not this \(its condition could not be answered, so it counts as met: /,
  );
  const demanding = policy(`${PLACES}policy:\n  - {name: first-arg, when: 'argv[0] == "x"', demand: {approvals: 2}}\n`);
  expect(admitted(demanding, { argv: [] })).toMatchObject({ approvals: 2 });
  expect(admitted(demanding, { argv: ['a'] })).toMatchObject({ approvals: 1 });
});

test('[APPROVE-05] conditions can ask for everything that the reference names', () => {
  const check = { kind: 'file', claim: 'c', origin: 'proposal', question: {}, timeoutMs: 1 } as const;
  const changed: Partial<AdmissionQuestion> = {
    preview: {
      ...previewOf({ a: 'delete', b: 'replace', c: 'create', d: 'update', e: 'run', f: 'read', g: 'no-op' }),
      unpredictable: [{ address: 'e', what: 'command', text: 'x' }],
    },
    checks: ['p', 'q', 'r'].map((id) => ({ ...check, id })),
    argv: ['-x', 'y'],
  };
  const holds = (when: string): boolean =>
    refused(policy(`${PLACES}policy:\n  - {name: it, when: '${when}', refuse: it holds}\n`), changed)[0] !== 'admitted';
  for (const when of [
    'preview.destroys == 2 && preview.replaces == 1 && preview.creates == 1 && preview.updates == 1',
    'preview.runs == 1 && preview.others == 1 && preview.unpredictable == 1',
    'preview.addresses == ["a", "b", "c", "d", "e", "f", "g"]',
    'preview.actions.exists(x, x == "delete") && "run" in preview.actions',
    'preview.resources.exists(r, r.address == "b" && r.action == "replace")',
    'target.name == "box" && target.environment == "sandbox" && target.driver == "sqlite"',
    'proposer.kind == "agent" && proposer.person == "dora" && proposer.model == "m-1"',
    'checks.count == 3 && checks.mandated == 0',
    'argv == ["-x", "y"] && size(argv) == 2',
  ]) {
    expect([when, holds(when)]).toEqual([when, true]);
    expect([when, holds(`!(${when})`)]).toEqual([when, false]);
  }
  const person = { proposer: { kind: 'person', name: 'dora' } } as const;
  const of = policy(
    `${PLACES}policy:\n  - {name: it, when: 'proposer.kind == "person" && proposer.person == "dora" && proposer.model == ""', refuse: it holds}\n`,
  );
  expect(refused(of, person)).toEqual(['it (trust.yaml:25:6): it holds']);
});

test('[APPROVE-10, APPROVE-02, L15] what was sealed for another place is refused again at the admission', () => {
  const of = policy(PLACES);
  expect(refused(of, { ...shop, environment: 'sandbox' })).toEqual([
    'environment (trust.yaml:19:3): it was sealed for sandbox, and its facts say production',
  ]);
  expect(refused(of, { facts: shop.facts })).toEqual([
    'binding (trust.yaml:18:32): sqlite.path must fit "/box/**" and is "/srv/shop.db"; this change is for another place: name the target that it is really for, or correct the configuration',
    'environment (trust.yaml:18:3): it was sealed for sandbox, and its facts say production',
  ]);
  expect(refused(of, { target: 'free', facts: [] })).toEqual([
    'environment (trust.yaml): it was sealed for sandbox, and its facts say production',
  ]);
});

test('[APPROVE-13, L15] a mandated check can not be left out or changed', () => {
  const check = '{id: there, kind: file, claim: it is there, question: {path: /x, expect: {exists: true}}}';
  const of = policy(PLACES.replace('box: {', `box: {checks: [${check}], `), {
    repository: `checks: [${check.replace('there', 'mine')}]`,
  });
  const answer = of.resolve({ target: 'box', driver: 'sqlite', facts: question().facts, directory: '/' });
  const mandated = answer.kind === 'resolved' ? answer.mandatedChecks : [];
  expect(mandated.map((one) => [one.id, one.origin])).toEqual([
    ['there', 'mandated'],
    ['mine', 'mandated'],
  ]);
  expect(of.mandatedChecks('box')).toEqual(mandated);
  expect(of.mandatedChecks('shop').map((one) => one.id)).toEqual(['mine']);
  expect(refused(of, { checks: mandated })).toEqual(['admitted']);
  expect(refused(of, { checks: mandated.slice(1) })).toEqual([
    'mandated check (trust.yaml:18:3): the check there is missing or was changed',
  ]);
  expect(refused(of, { checks: mandated.map((one) => ({ ...one, timeoutMs: 1 })) })).toEqual([
    'mandated check (trust.yaml:18:3): the check there is missing or was changed',
    'mandated check (trust.yaml:18:3): the check mine is missing or was changed',
    'mandated check (trust.yaml:18:3): the check there calls itself mandated, and no rule mandates it',
    'mandated check (trust.yaml:18:3): the check mine calls itself mandated, and no rule mandates it',
  ]);
  const [changed, ...rest] = mandated.map((one) => ({ ...one, question: { path: '/y', expect: { exists: true } } }));
  expect(changed).toBeDefined();
  expect(refused(of, { checks: [...(changed === undefined ? [] : [changed]), ...rest] })).toHaveLength(4);
  // One more that nobody mandates may only be the proposer's own.
  const [own] = mandated.map((one): CheckSpec => ({ ...one, id: 'own' }));
  expect(own).toBeDefined();
  const beside = (origin: CheckSpec['origin']): readonly CheckSpec[] =>
    own === undefined ? [] : [...mandated, { ...own, origin }];
  expect(refused(of, { checks: beside('mandated') })).toEqual([
    'mandated check (trust.yaml:18:3): the check own calls itself mandated, and no rule mandates it',
  ]);
  expect(refused(of, { checks: beside('proposal') })).toEqual(['admitted']);
});

test('[APPROVE-13, L7] a change that nothing can confirm is admitted with a warning, or refused where confirmation is required', () => {
  const bare = { checks: [] };
  expect(admitted(policy(PLACES), bare).because.map(refText)).toContain(
    'no check (trust.yaml:1:1): nothing can confirm it: the verdict can only be inconclusive and the target will be held',
  );
  const strict = policy(`${PLACES}policy:\n  - {name: sure, demand: {postconditions: required}}\n`);
  expect(refused(strict, bare)).toEqual([
    'sure (trust.yaml:25:6): a change that nothing can confirm is not allowed here: declare a check that is red now and green afterwards',
  ]);
  const always = policy(
    `${PLACES}defaults: {postconditions: required}\npolicy:\n  - {name: more, demand: {approvals: 2}}\n`,
  );
  expect(refused(always, bare).map((text) => text.split(':')[0])).toEqual(['defaults (trust.yaml']);
  expect(admitted(strict).because.map(refText)).toContain('sure (trust.yaml:25:6): at least one check');
  expect(admitted(strict).because.map((rule) => rule.rule)).not.toContain('no check');
});

test('[APPROVE-03, L2] a demand that nobody can meet is refused at once instead of waiting for its end', () => {
  const three = policy(`${PLACES}policy:\n  - {name: three, demand: {approvals: 3, from: [database]}}\n`);
  expect(refused(three)).toEqual(['three (trust.yaml:25:6): 3 must approve, and there are 2: ann, ben']);
  const apart = policy(`${PLACES}policy:
  - {name: a, demand: {from: [ann]}}
  - {name: b, demand: {from: [ben]}}
`);
  expect(refused(apart)).toEqual([
    'a (trust.yaml:25:6): 1 must approve, and there are 0: nobody',
    'b (trust.yaml:26:6): only ben may approve',
    `defaults (trust.yaml:1:1): ${BUILT_IN}`,
  ]);
  const eyes = policy(`${PLACES}policy:\n  - {name: eyes, demand: {fourEyes: true, approvals: 2}}\n`);
  expect(refused(eyes)).toEqual(['admitted']);
  expect(refused(eyes, { proposer: { kind: 'agent', name: 'claude', person: 'benjamin' } })).toEqual([
    'eyes (trust.yaml:25:6): 2 must approve, and there are 1 who are known not to be benjamin: ann',
  ]);
  expect(refused(eyes, { proposer: { kind: 'person', name: 'ann' } })).toEqual([
    'eyes (trust.yaml:25:6): 2 must approve, and there are 1 who are known not to be ann: ben',
  ]);
  const glass = policy(
    `${PLACES}defaults: {breakGlass: [ann]}\npolicy:\n  - {name: three, demand: {approvals: 3, from: [ben]}}\n`,
  );
  expect(refused(glass)).toEqual(['admitted']);
});

test('[APPROVE-04, L15] who refuses for want of people is the rule that asks for them, wherever it stands', () => {
  const of = policy(`${PLACES}defaults: {openFor: 2h, breakGlass: [ann]}
policy:
  - {name: brief, demand: {openFor: 1h, approvals: 2}}
  - {name: few, demand: {from: [ben]}}
  - {name: no-glass, demand: {breakGlass: []}}
  - {name: crowd, when: 'argv[0] == "x"', demand: {approvals: 4}}
  - {name: elsewhere, when: 'argv[0] == "y"', demand: {approvals: 9}}
`);
  const [first, ...others] = refused(of, { argv: ['x'] });
  expect(first).toBe('few (trust.yaml:27:6): 4 must approve, and there are 1: ben');
  expect(others).toEqual([
    'no-glass (trust.yaml:28:6): nobody may break the glass',
    'crowd (trust.yaml:29:6): 4 approvals',
  ]);
  // The strictest stands first: what asks for too much by itself, though others that apply are written above it.
  const strictest = policy(`${PLACES}policy:
  - {name: few, demand: {from: [database]}}
  - {name: crowd, demand: {approvals: 4}}
`);
  expect(refused(strictest)).toEqual([
    'crowd (trust.yaml:26:6): 4 must approve, and there are 2: ann, ben',
    'few (trust.yaml:25:6): only ann, ben may approve',
  ]);
  const byDefault = policy(`${PLACES}defaults: {approvals: 4}\npolicy: [{name: few, demand: {from: [database]}}]\n`);
  expect(refused(byDefault).map((text) => text.split(';')[0])).toEqual([
    'defaults (trust.yaml:24:1): 4 must approve, and there are 2: ann, ben',
    'few (trust.yaml:25:11): only ann, ben may approve',
  ]);
  // A condition that nobody can answer is named where it decides.
  expect(refused(policy(`${PLACES}policy: [{name: some, when: 'argv[0] == "x"', demand: {approvals: 4}}]\n`))).toEqual([
    expect.stringMatching(
      /^some \(trust\.yaml:24:11\): 4 must approve, and there are 3: ann, ben, cyd \(its condition could not be answered, /,
    ),
  ]);
});

test('[APPROVE-14] the policy digest changes with everything that bears on the target, and with nothing else', () => {
  const digest = policy(RULES).policyDigest('box');
  const other = (text: string, repository?: string): string =>
    policy(text, repository === undefined ? {} : { repository }).policyDigest('box');
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(other(`# a remark\n${RULES}`)).toBe(digest);
  expect(other(RULES.replace('/srv/shop.db', '/srv/other.db'))).toBe(digest);
  expect(policy(RULES, { isSigned: true }).policyDigest('box')).toBe(digest);
  expect(policy(RULES).policyDigest('shop')).not.toBe(digest);
  const changes = [
    RULES.replace('/box/**}}', '/boxes/**}}'),
    RULES.replace('sandbox: {where: [{sqlite.path: /box/**}]}', 'sandbox: {where: [{sqlite.path: /b/**}]}'),
    RULES.replace('approvals: 2', 'approvals: 3'),
    RULES.replace('preview.destroys > 0', 'preview.destroys > 1'),
    RULES.replace('openFor: 2h', 'openFor: 3h'),
    `${RULES}grants: [{name: g, target: box, driver: sqlite, expires: 2030-01-01, by: ann}]\n`,
  ];
  const digests = [
    digest,
    ...changes.map((text) => other(text)),
    other(RULES, ''),
    other(RULES, 'environment: production'),
  ];
  expect(new Set(digests).size).toBe(digests.length);
  expect(other(`${RULES}grants: [{name: g, target: shop, driver: sqlite, expires: 2030-01-01, by: ann}]\n`)).toBe(
    digest,
  );
});

test('[APPROVE-12, L15] a label in the repository tightens, and is ignored where it would loosen', () => {
  const labelled = policy(PLACES, { repository: 'environment: staging' });
  expect(refused(labelled)).toEqual([
    'environment (trust.yaml:18:3): it was sealed for sandbox, and its facts say staging',
  ]);
  expect(labelled.resolve({ target: 'shop', driver: 'sqlite', facts: shop.facts, directory: '/' })).toMatchObject({
    environment: 'production',
    notes: [
      'the label "sandbox" at trust.yaml:19:3 is ignored: the facts say production, and a label can only tighten',
      'the label "staging" at countersign.yaml:2:1 is ignored: the facts say production, and a label can only tighten',
    ],
  });
});

test('[APPROVE-18] the accounts of every approver are known, and names of the language are no approvers', () => {
  const { accountsOf } = policy();
  expect(accountsOf).toEqual({ ann: ['ann'], ben: ['ben', 'benjamin'], cyd: [] });
});

test('[APPROVE-04, L15] conditions see how a Terraform plan was made; for other tools and without options all of it is false', () => {
  const guide = readFileSync(new URL('../../../../docs/guide/trust-file.md', import.meta.url), 'utf8');
  const example = / {2}- name: whole-plans-of-the-world-only\n(?: {4}.*\n)+/.exec(guide)?.[0] ?? 'no example';
  const rule = `policy:\n${example}`;
  const planned = (driver: 'terraform' | 'sqlite', options?: readonly string[]): readonly string[] =>
    refused(policy(`${PLACES}${rule}`), { driver: 'sqlite', preview: { ...previewOf(), driver, options } }).map(
      (text) => text.split(' ')[0] ?? '',
    );
  const partial = ['whole-plans-of-the-world-only'];
  expect(planned('terraform', ['-var-file=a.tfvars'])).toEqual(['admitted']);
  expect(planned('terraform', ['-target=a.b'])).toEqual(partial);
  expect(planned('terraform', ['-refresh=false'])).toEqual(partial);
  expect(planned('sqlite')).toEqual(['admitted']);

  const asks = (condition: string, options: readonly string[], driver: 'terraform' | 'sqlite' = 'terraform'): boolean =>
    refused(policy(`${PLACES}policy: [{name: r, when: '${condition}', refuse: no}]\n`), {
      driver: 'sqlite',
      preview: { ...previewOf(), driver, options },
    })[0] !== 'admitted';
  for (const [claim, option] of [
    ['plan.targeted', '-target=a'],
    ['plan.replacing', '-replace=a'],
    ['plan.refreshOnly', '-refresh-only'],
    ['plan.destroying', '-destroy'],
    ['plan.options.exists(o, o == "-parallelism=1")', '-parallelism=1'],
  ] as const) {
    expect([claim, asks(claim, [option]), asks(claim, ['-var-file=x']), asks(claim, [])]).toEqual([
      claim,
      true,
      false,
      false,
    ]);
  }
  expect([asks('plan.refreshed', []), asks('plan.refreshed', ['-refresh=false'])]).toEqual([true, false]);
  expect(asks('plan.refreshed', [], 'sqlite')).toBe(false);
});
