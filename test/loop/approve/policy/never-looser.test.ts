import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { AdmissionAnswer } from '../../../../src/loop/approve/index.ts';
import { PLACES, policy, previewOf, question } from '../../../support/policy-questions.ts';

const people = fc.subarray(['ann', 'ben', 'cyd', 'database']);
const someone = fc.subarray(['ann', 'ben', 'cyd', 'database'], { minLength: 1 });
const when = fc.constantFrom(
  'preview.destroys > 0',
  'target.environment == "sandbox"',
  'proposer.kind == "person"',
  'argv[0] == "x"',
  'checks.count > 0',
);
const demand = fc
  .record(
    {
      approvals: fc.integer({ min: 1, max: 3 }),
      from: someone,
      fourEyes: fc.boolean(),
      plainKeys: fc.boolean(),
      signedReconcile: fc.boolean(),
      openFor: fc.constantFrom('10m', '1h', '24h', '3d'),
      approvalFor: fc.constantFrom('5m', '1h', '2h'),
      breakGlass: people,
      postconditions: fc.constantFrom('required', 'optional'),
    },
    { requiredKeys: [] },
  )
  .filter((one) => Object.keys(one).length > 0);
const effect = fc.oneof(
  { weight: 6, arbitrary: demand.map((one) => ({ demand: one })) },
  { weight: 1, arbitrary: fc.constant({ refuse: 'no' }) },
);
const rule = fc
  .tuple(effect, fc.option(when, { nil: undefined }))
  .map(([one, condition]) => (condition === undefined ? one : { ...one, when: condition }));
const defaults = fc.record({
  breakGlass: people,
  openFor: fc.constantFrom('1h', '7d'),
  approvals: fc.integer({ min: 1, max: 2 }),
});
const GRANT = { name: 'g', target: 'box', driver: 'sqlite', expires: '2030-01-01', by: 'ann' };
const asked = fc.constantFrom(
  question(),
  question({ preview: previewOf({ a: 'delete' }), proposer: { kind: 'person', name: 'ann' } }),
  question({ checks: [], argv: ['x'] }),
);

type Rule = object;
const named = (rules: readonly Rule[]): readonly Rule[] => rules.map((one, index) => ({ name: `r${index}`, ...one }));

/** Says in what way an answer is looser than another; nothing when it is as strict. */
function looser(before: AdmissionAnswer, after: AdmissionAnswer): readonly string[] {
  if (after.kind === 'refused') return [];
  if (before.kind === 'refused') return ['admitted what was refused'];
  const [was, is] = [before.requirement, after.requirement];
  const wasGranted = was.grant !== undefined;
  return [
    is.approvals < was.approvals ? 'fewer approvals' : '',
    is.eligible.every((name) => was.eligible.includes(name)) ? '' : 'more people',
    is.breakGlass.every((name) => was.breakGlass.includes(name)) ? '' : 'more glass',
    was.fourEyes && !is.fourEyes ? 'two eyes' : '',
    !was.plainKeys && is.plainKeys ? 'plain keys' : '',
    was.signedReconcile !== undefined && is.signedReconcile === undefined ? 'unsigned words' : '',
    is.openForMs > was.openForMs ? 'open for longer' : '',
    is.approvalForMs > was.approvalForMs ? 'approved for longer' : '',
    is.grant !== undefined && !wasGranted ? 'granted' : '',
  ].filter((what) => what !== '');
}

test('[APPROVE-03, L15] adding any rule never loosens what is demanded', () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(defaults, fc.array(rule, { maxLength: 4 }), rule, asked, (base, rules, added, ask) => {
      const answer = (all: readonly Rule[]): AdmissionAnswer =>
        policy(`${PLACES}${stringify({ defaults: base, policy: named(all), grants: [GRANT] })}`, {
          isSigned: true,
        }).admit(ask);
      const before = answer(rules);
      const after = answer([...rules, added]);
      expect(looser(before, after)).toEqual([]);
      reached.add(
        `${before.kind} ${before.kind === 'admitted' && before.requirement.grant !== undefined} ${after.kind}`,
      );
    }),
    { numRuns: 150 },
  );
  expect([...reached].sort()).toEqual([
    'admitted false admitted',
    'admitted false refused',
    'admitted true admitted',
    'admitted true refused',
    'refused false refused',
  ]);
});

test('[APPROVE-12, L15] a repository never loosens what is demanded: it tightens, or it is an error', () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(
      defaults,
      fc.array(rule, { maxLength: 3 }),
      fc.array(rule, { minLength: 1, maxLength: 2 }),
      asked,
      (base, rules, added, ask) => {
        const trust = `${PLACES}${stringify({ defaults: base, policy: named(rules), grants: [GRANT] })}`;
        const before = policy(trust, { isSigned: true }).admit(ask);
        const repository = stringify({ policy: named(added) });
        const after = ((): AdmissionAnswer | undefined => {
          try {
            return policy(trust, { isSigned: true, repository }).admit(ask);
          } catch (thrown) {
            expect(thrown).toMatchObject({ code: 'CONFIG_INVALID' });
            return undefined;
          }
        })();
        if (after !== undefined) expect(looser(before, after)).toEqual([]);
        reached.add(after?.kind ?? 'an error');
      },
    ),
    { numRuns: 150 },
  );
  expect([...reached].sort()).toEqual(['admitted', 'an error', 'refused']);
});

test('[APPROVE-03] the demands of rules that match are really made', () => {
  fc.assert(
    fc.property(demand, (one) => {
      const answer = policy(`${PLACES}${stringify({ policy: named([{ demand: one }]) })}`).admit(question());
      if (answer.kind === 'refused') {
        expect(answer.because[0]).toMatchObject({ rule: 'r0', demand: expect.stringContaining(' must approve, ') });
        return;
      }
      const { requirement } = answer;
      expect(requirement.approvals).toBe(one.approvals ?? 1);
      expect(requirement.fourEyes).toBe(one.fourEyes ?? false);
      expect(requirement.plainKeys).toBe(one.plainKeys ?? true);
      expect(requirement.signedReconcile !== undefined).toBe(one.signedReconcile ?? false);
      const wanted = one.from?.flatMap((name) => (name === 'database' ? ['ann', 'ben'] : [name])) ?? [
        'ann',
        'ben',
        'cyd',
      ];
      expect(requirement.eligible).toEqual(['ann', 'ben', 'cyd'].filter((name) => wanted.includes(name)));
    }),
  );
});
