import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type CheckAnswer,
  type CheckFinding,
  type CheckObservation,
  type CheckSpec,
  judge,
  type OutcomeKind,
} from '../../src/kernel/index.ts';
import { CHECK, observation } from './examples.ts';

type Seen = CheckAnswer | 'missing';

/** The whole table of one check: before, after, what it contributes, why. */
const TABLE: readonly (readonly [Seen, Seen, CheckFinding['role'], string])[] = [
  ['red', 'green', 'confirms', 'was red before, is green now'],
  ['green', 'green', 'holds', 'was green before: it can refute, never confirm'],
  ['unknown', 'green', 'unknown', 'is green, but nobody knows what it was before'],
  ['missing', 'green', 'unknown', 'is green, but nobody knows what it was before'],
  ['red', 'red', 'refutes', 'is red'],
  ['green', 'red', 'refutes', 'was green before, is red now'],
  ['unknown', 'red', 'refutes', 'is red'],
  ['missing', 'red', 'refutes', 'is red'],
  ['red', 'unknown', 'unknown', 'no readable answer after the execution'],
  ['green', 'unknown', 'unknown', 'no readable answer after the execution'],
  ['unknown', 'unknown', 'unknown', 'no readable answer after the execution'],
  ['missing', 'unknown', 'unknown', 'no readable answer after the execution'],
  ['red', 'missing', 'unknown', 'not asked after the execution'],
  ['green', 'missing', 'unknown', 'not asked after the execution'],
  ['unknown', 'missing', 'unknown', 'not asked after the execution'],
  ['missing', 'missing', 'unknown', 'not asked after the execution'],
];

const seen = (id: string, answer: Seen): readonly CheckObservation[] =>
  answer === 'missing' ? [] : [observation(answer, 'a', id)];

const spec = (id: string, kind: CheckSpec['kind'] = 'command'): CheckSpec => ({ ...CHECK, id, kind });

test.each(TABLE)('[KERNEL-08, L7] a check that was %s and is %s: it %s', (before, after, role, why) => {
  const verdict = judge([CHECK], seen(CHECK.id, before), seen(CHECK.id, after));
  expect(verdict.findings).toEqual([{ id: CHECK.id, role, why }]);
  const kind = { confirms: 'confirmed', refutes: 'refuted', holds: 'inconclusive', unknown: 'inconclusive' } as const;
  expect(verdict.kind).toBe(kind[role]);
});

test('[KERNEL-08, L7] of any two checks one refutation refutes, one unknown is inconclusive, and only a confirmation confirms', () => {
  for (const [before1, after1, role1] of TABLE) {
    for (const [before2, after2, role2] of TABLE) {
      const { kind, findings } = judge(
        [spec('one'), spec('two')],
        [...seen('one', before1), ...seen('two', before2)],
        [...seen('two', after2), ...seen('one', after1)],
      );
      expect(findings.map((finding) => [finding.id, finding.role])).toEqual([
        ['one', role1],
        ['two', role2],
      ]);
      const roles = [role1, role2];
      if (roles.includes('refutes')) expect(kind).toBe('refuted');
      else if (roles.includes('unknown')) expect(kind).toBe('inconclusive');
      else expect(kind).toBe(roles.includes('confirms') ? 'confirmed' : 'inconclusive');
    }
  }
});

test('[KERNEL-08, L7] without any check nothing is confirmed, and nobody can say that the world is as before', () => {
  expect(judge([], [observation('red')], [observation('green')])).toEqual({
    kind: 'inconclusive',
    isAsBefore: false,
    findings: [],
  });
});

test.each<[string, CheckObservation[], CheckObservation[], boolean]>([
  ['the same bytes', [observation('red', 'a')], [observation('red', 'a')], true],
  ['the same green bytes', [observation('green', 'a')], [observation('green', 'a')], true],
  ['other bytes', [observation('red', 'a')], [observation('red', 'b')], false],
  ['another answer', [observation('red', 'a')], [observation('green', 'a')], false],
  ['an unknown answer', [observation('unknown', 'a')], [observation('unknown', 'a')], false],
  ['no answer before', [], [observation('red', 'a')], false],
  ['no answer after', [observation('red', 'a')], [], false],
])('[KERNEL-08, KERNEL-09] whether the world is as before: %s', (_, before, after, isAsBefore) => {
  expect(judge([CHECK], before, after).isAsBefore).toBe(isAsBefore);
});

test('[KERNEL-08, KERNEL-09] the world is as before only when every check says so', () => {
  const before = [observation('red', 'a', 'one'), observation('red', 'a', 'two')];
  const after = [observation('red', 'a', 'one'), observation('red', 'b', 'two')];
  expect(judge([spec('one'), spec('two')], before, after).isAsBefore).toBe(false);
  expect(judge([spec('one'), spec('two')], before, before).isAsBefore).toBe(true);
});

test.each<[OutcomeKind | undefined, boolean]>([
  [undefined, true],
  ['completed', true],
  ['no-effect', true],
  ['partial', false],
  ['indeterminate', false],
])('[KERNEL-08, KERNEL-09, L6, L7] after %s an unchanged plan says that the world is as before: %s', (outcome, is) => {
  // What a provider made and lost the answer of is in no state: a plan can't see it.
  const plan = [...seen('plan', 'red')];
  expect(judge([spec('plan', 'terraform-plan')], plan, plan, outcome).isAsBefore).toBe(is);
  const both = [spec('plan', 'terraform-plan'), spec('other', 'command')];
  const seenBoth = [...plan, ...seen('other', 'red')];
  expect(judge(both, seenBoth, seenBoth, outcome).isAsBefore).toBe(true);
  expect(judge(both, seenBoth, [...seen('plan', 'green'), ...seen('other', 'red')], outcome).isAsBefore).toBe(false);
});

test('[KERNEL-08, L5, L7] after an unknown end a green plan alone confirms nothing, beside another check it counts', () => {
  const plan = spec('plan', 'terraform-plan');
  const other = spec('other', 'command');
  const both = { before: [...seen('plan', 'red'), ...seen('other', 'red')] };
  const doubt = { id: 'plan', role: 'unknown', why: 'a plan after an unknown end confirms only beside another check' };

  const alone = judge([plan], seen('plan', 'red'), seen('plan', 'green'), 'indeterminate');
  expect(alone).toEqual({ kind: 'inconclusive', isAsBefore: false, findings: [doubt] });

  const beside = judge(
    [plan, other],
    both.before,
    [...seen('plan', 'green'), ...seen('other', 'green')],
    'indeterminate',
  );
  expect(beside.kind).toBe('confirmed');
  expect(beside.findings.map((finding) => finding.role)).toEqual(['confirms', 'confirms']);

  const invariantOnly = judge(
    [plan, other],
    [...seen('plan', 'red'), ...seen('other', 'green')],
    [...seen('plan', 'green'), ...seen('other', 'green')],
    'indeterminate',
  );
  expect(invariantOnly.kind).toBe('inconclusive');
  expect(invariantOnly.findings).toEqual([
    doubt,
    { id: 'other', role: 'holds', why: 'was green before: it can refute, never confirm' },
  ]);

  expect(judge([plan], seen('plan', 'red'), seen('plan', 'red'), 'indeterminate').kind).toBe('refuted');
});

test.each<OutcomeKind | undefined>(['completed', 'partial', 'no-effect', undefined])(
  '[KERNEL-08] after an end that is known (%s) a green plan confirms',
  (outcome) => {
    const plan = spec('plan', 'terraform-plan');
    expect(judge([plan], seen('plan', 'red'), seen('plan', 'green'), outcome).kind).toBe('confirmed');
  },
);

test('[KERNEL-08, L7] any verdict that confirms has a check that was red before and green after, and none that is not green', () => {
  const answer = fc.constantFrom<Seen>('red', 'green', 'unknown', 'missing');
  const kind = fc.constantFrom<CheckSpec['kind']>('command', 'terraform-plan', 'file');
  const check = fc.record({ before: answer, after: answer, kind });
  const outcome = fc.constantFrom<OutcomeKind>('completed', 'partial', 'no-effect', 'indeterminate');
  fc.assert(
    fc.property(fc.array(check, { maxLength: 5 }), outcome, (checks, end) => {
      const ids = checks.map((_, index) => `c${index}`);
      const verdict = judge(
        checks.map((one, index) => spec(ids[index] ?? '', one.kind)),
        checks.flatMap((one, index) => seen(ids[index] ?? '', one.before)),
        checks.flatMap((one, index) => seen(ids[index] ?? '', one.after)),
        end,
      );
      const turned = checks.filter((one) => one.before === 'red' && one.after === 'green');
      const isBelievable = end !== 'indeterminate' || turned.some((one) => one.kind !== 'terraform-plan');
      const isConfirmed =
        turned.length > 0 &&
        isBelievable &&
        checks.every((one) => one.after === 'green' && (one.before === 'red' || one.before === 'green'));
      expect(verdict.kind === 'confirmed').toBe(isConfirmed);
      expect(verdict.kind === 'refuted').toBe(checks.some((one) => one.after === 'red'));
      expect(verdict.findings.map((finding) => finding.id)).toEqual(ids);
    }),
    { numRuns: 500 },
  );
});
