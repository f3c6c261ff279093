import { expect, test } from 'vitest';
import { CHECK_QUESTIONS, type ProgramOperand, programOperands } from '../../src/tools/index.ts';

function operandsOf(text: string, reads?: readonly string[]): readonly ProgramOperand[] {
  return [...programOperands({ argv: ['it', text], reads }, '/d')];
}

const named = (text: string): readonly string[] => operandsOf(text).map(({ start, end }) => text.slice(start, end));

test.each([
  ['a/b c', ['a/b c']],
  ['', []],
  ['a\u0000b', []],
  ['k=a=b', ['k=a=b', 'a=b', 'b']],
  ['@a', ['@a', 'a']],
  ['a:b,c', ['a:b,c', 'a:b', 'a', 'b,c', 'b', 'c']],
  ['a;b', ['a;b', 'a', 'b']],
  ['-f', ['-f']],
  ['-f/x', ['-f/x', '/x', 'x']],
  ['+ox', ['+ox', 'x']],
  ['-fa:', ['-fa:', '-fa', 'a:', 'a', ':']],
] as const)('[VERIFY-23] %j may name %j', (text, names) => {
  expect(named(text)).toEqual(names);
});

test('[VERIFY-23] a name has its place in the arguments, and its path', () => {
  expect(operandsOf('k=/x,y')).toEqual([
    { argument: 1, start: 0, end: 6, path: '/d/k=/x,y' },
    { argument: 1, start: 0, end: 4, path: '/d/k=/x' },
    { argument: 1, start: 2, end: 6, path: '/x,y' },
    { argument: 1, start: 2, end: 4, path: '/x' },
    { argument: 1, start: 5, end: 6, path: '/d/y' },
  ]);
});

test('[VERIFY-23] what is longer than any name or path is none', () => {
  expect(named('a'.repeat(255))).toHaveLength(1);
  expect(named('a'.repeat(256))).toEqual([]);
  expect(named(`${'a'.repeat(256)}/b`)).toEqual([]);
  expect(named('a/'.repeat(2048))).toHaveLength(1);
  expect(named(`${'a/'.repeat(2048)}b`)).toEqual([]);
});

test('[VERIFY-23] what is read is not sealed, nor is the end of its path; what else stands there is', () => {
  expect(operandsOf('-c/usr/lib', ['/usr/lib']).map(({ path }) => path)).toEqual([
    '/d/-c/usr/lib',
    '/d/usr/lib',
    '/d/sr/lib',
    '/d/r/lib',
    '/d/lib',
    '/d/ib',
    '/d/b',
  ]);
  expect(operandsOf('k=b', ['k=b']).map(({ path }) => path)).toEqual(['/d/b']);
  expect(operandsOf('/a:/b', ['/a']).map(({ path }) => path)).toEqual(['/a:/b', '/b']);
});

test('[PROPOSE-14] what `reads` names may stand in a part of an argument', () => {
  const parse = (reads: readonly string[]): boolean =>
    CHECK_QUESTIONS.command.safeParse({ argv: ['it', '-c/srv/a', 'k=/b:/c'], reads, expect: { exitCode: 0 } }).success;
  expect(parse(['/srv/a', '/b', '/c'])).toBe(true);
  expect(parse(['/srv/a', '/d'])).toBe(false);
  expect(parse(['it'])).toBe(false);
});
