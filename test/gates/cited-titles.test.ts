import { expect, test } from 'vitest';
import { citedTitles } from './cited-titles.ts';

test.each([
  ["test('[L1, KERNEL-02] a', () => {});", ['L1', 'KERNEL-02']],
  ['test(`[L1] a $' + '{name}`, () => {});', ['L1']],
  ["test.each([1, 2])('[L2] a %s', () => {});", ['L2']],
  ["test.skipIf(isOld)('[L3] a', () => {});", ['L3']],
  ["needs('terraform')('[L4] a', () => {});", ['L4']],
  ["const real = needs('git');\nreal('[L5] a', () => {});\nreal.each([1])('[L6] b', () => {});", ['L5', 'L6']],
  ["function law(title: string) {\n  test(title, () => {});\n}\nlaw('[L7] a');", ['L7']],
  ["contract('[SQLITE-01] a', store);", ['SQLITE-01']],
])('[HOUSE-03] citations are found in %j', (source, ids) => {
  expect(citedTitles('a.test.ts', source)).toEqual({
    ids,
    tests: ids.length === 2 && !source.includes('\n') ? 1 : ids.length,
    complaints: [],
  });
});

test.each([
  ["test('no citation', () => {});", '1: the test "no citation" cites no requirement'],
  ["\nit('no citation', () => {});", '2: the test "no citation" cites no requirement'],
  ["test('[l1] wrong form', () => {});", '1: the test "[l1] wrong form" cites no requirement'],
  ["test('[L1]no space', () => {});", '1: the test "[L1]no space" cites no requirement'],
  ['test(`$' + '{name} [L1]`, () => {});', '1: the test "…" cites no requirement'],
  ["test.each([1])('a %s', () => {});", '1: the test "a %s" cites no requirement'],
  ["needs('git')('a', () => {});", '1: the test "a" cites no requirement'],
  ["const real = needs('git');\nreal('a', () => {});", '2: the test "a" cites no requirement'],
  ["const real = test.skipIf(isOld);\nreal('a', () => {});", '2: the test "a" cites no requirement'],
  ["const title = '[L1] a';\ntest(title, () => {});", '2: the title of this test can not be read here'],
  ["test.only('[L1] a', () => {});", '1: .only hides tests'],
  ["test.todo('[L1] a');", '1: .todo hides tests'],
  ["describe.only('a', () => {});", '1: .only hides tests'],
])('[HOUSE-03] the gate complains about %j', (source, complaint) => {
  expect(citedTitles('a.test.ts', source).complaints).toEqual([complaint]);
});

test('[HOUSE-03] what is no test is left alone', () => {
  const source = "describe('a', () => {});\nexpect('x').toBe('x');\nfn('words');";
  expect(citedTitles('a.test.ts', source)).toEqual({ ids: [], tests: 0, complaints: [] });
});
