import { expect, test } from 'vitest';
import type { FactDifference } from '../../../../src/kernel/index.ts';
import { differenceWords, withShortDigests } from '../../../../src/surfaces/cli/view/difference-words.ts';

const OLD = `158bf91b7c02${'a'.repeat(52)}`;
const NEW = `b10121bc94e1${'b'.repeat(52)}`;

const said = (difference: Partial<FactDifference> & { readonly name: string }): string =>
  withShortDigests(differenceWords({ sealed: undefined, found: undefined, ...difference }));

test.each<[FactDifference, string]>([
  [
    { name: 'terraform.directory.digest', sealed: OLD, found: NEW },
    'the configuration: 158bf91b7c02… when it was sealed, b10121bc94e1… now',
  ],
  [
    { name: 'tool.digest', sealed: OLD, found: NEW, paths: [{ path: '/usr/bin/tool', change: 'changed' }] },
    'the program: /usr/bin/tool changed (158bf91b7c02… when it was sealed, b10121bc94e1… now)',
  ],
  [
    { name: 'tool.digest', sealed: OLD, found: undefined, paths: [{ path: '/usr/bin/tool', change: 'gone' }] },
    'the program: /usr/bin/tool gone (158bf91b7c02… when it was sealed, none now)',
  ],
  [{ name: 'terraform.state.serial', sealed: 4, found: 5 }, 'the state: serial 4 when it was sealed, 5 now'],
  [
    { name: 'terraform.state.digest', sealed: null, found: NEW },
    'the bytes of the state: none when it was sealed, b10121bc94e1… now',
  ],
  [
    { name: 'terraform.object aws_x.a', sealed: 'update', found: 'changed since: size' },
    'the object aws_x.a: changed since: size (the sealed plan said update)',
  ],
  [
    { name: 'terraform.object aws_x.a', sealed: undefined, found: 'a plan would now delete it' },
    'the object aws_x.a: a plan would now delete it',
  ],
  [
    { name: 'sqlite.table.orders', sealed: { rows: 3, digest: OLD }, found: { rows: 4, digest: NEW } },
    'the table orders: 3 rows when it was sealed, 4 now',
  ],
  [
    { name: 'sqlite.table.orders', sealed: { rows: 3, digest: OLD }, found: { rows: 3, digest: NEW } },
    'the table orders: 3 rows, and not the same ones',
  ],
  [
    { name: 'sqlite.table.orders', sealed: { rows: 3, digest: OLD }, found: undefined },
    'the table orders: {"rows":3,"digest":"158bf91b7c02…"} when it was sealed, none now',
  ],
  [
    { name: 'identity.aws.account', sealed: '111122223333', found: '444455556666' },
    'whom it runs as, aws account: 111122223333 when it was sealed, 444455556666 now',
  ],
  [
    { name: 'check.mine', sealed: 'its program as approved', found: '/x.sh changed since it was approved' },
    'the check mine: /x.sh changed since it was approved',
  ],
  [{ name: 'runner', sealed: undefined, found: 'it can not start' }, 'the runner: it can not start'],
  [{ name: 'constructor', sealed: true, found: false }, 'constructor: true when it was sealed, false now'],
])('[EXECUTE-05, L3] people read what differs: %j', (difference, words) => {
  expect(said(difference)).toBe(words);
});

test('[EXECUTE-05, L3] files are named by what became of them, and those that are not named are counted', () => {
  const paths = [
    { path: 'main.tf', change: 'changed' },
    { path: 'new.tf', change: 'appeared' },
    { path: 'modules/a.tf', change: 'changed' },
    { path: 'old.tf', change: 'gone' },
  ] as const;
  const of = { name: 'terraform.directory.digest', sealed: OLD, found: NEW, paths } as const;
  const sides = '(158bf91b7c02… when it was sealed, b10121bc94e1… now)';
  const named = 'main.tf, modules/a.tf changed; new.tf appeared; old.tf gone';
  expect(said(of)).toBe(`the configuration: ${named} ${sides}`);
  expect(said({ ...of, morePaths: 7 })).toBe(`the configuration: ${named}; and 7 more ${sides}`);
});

test('[EXECUTE-05, CLI-04] digests are short for people only, and nothing of a difference can hide or break its line', () => {
  const difference = { name: 'sqlite.table.a\u202eb\n', sealed: OLD, found: 'x\u001b[2J' };
  expect(differenceWords(difference)).toBe(`the table a⟨U+202E⟩b⟨U+000A⟩: ${OLD} when it was sealed, x⟨U+001B⟩[2J now`);
});
