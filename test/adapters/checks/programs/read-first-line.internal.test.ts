import { expect, test } from 'vitest';
import { readFirstLine } from '../../../../src/adapters/checks/programs/read-first-line.ts';

const SHELL = { kind: 'plain', interpreter: '/bin/sh', sought: undefined };

test.each([
  '#!/bin/sh',
  '#! \t/bin/sh \t',
  ...['-e', '-u', '-x', '-f', '-w', '-B', '-E', '-I', '-T', '-eu', '-ux', '-ex', '-eux'].map(
    (one) => `#!/bin/sh ${one}`,
  ),
])('[VERIFY-23] %j starts one program', (line) => {
  expect(readFirstLine(line)).toEqual(SHELL);
});

test.each(['/usr/bin/env', '/bin/env'])('[VERIFY-23] %s may be told to find one program', (interpreter) => {
  expect(readFirstLine(`#!${interpreter} python3.12`)).toEqual({ kind: 'plain', interpreter, sought: 'python3.12' });
});

test.each([
  '/srv/real.sh',
  'real.sh',
  '-',
  '--',
  '-s',
  '-c',
  '-i',
  '-l',
  '-e -u',
  '-e /srv/real.sh',
  '-fx',
  '-ef',
  '-fe',
  '-ue',
  '--rcfile=/srv/rc',
  '\u0000',
])('[VERIFY-23, L3] an interpreter is not given %j', (argument) => {
  const read = readFirstLine(`#!/bin/sh ${argument}`);
  expect(read.kind).toBe('unfit');
  expect(read.kind === 'unfit' && read.why).toMatch(
    /^its first line gives \/bin\/sh the argument .*, which may name what is not sealed: leave it out, /,
  );
});

test.each(['-S sh', '-i', 'A=b', 'A=b sh', 'sh -e', './real', '/srv/real', '..'])(
  '[VERIFY-23, L3] env is not given %j',
  (argument) => {
    expect(readFirstLine(`#!/usr/bin/env ${argument}`)).toEqual({
      kind: 'unfit',
      why: `its first line gives env ${argument}, and may give it the plain name of one program only: name program, options and files in the check’s argv`,
    });
  },
);

test('[VERIFY-23, L3] a program that is merely called env is given no name', () => {
  expect(readFirstLine('#!/srv/env real.sh').kind).toBe('unfit');
});

test.each([
  ['#!', 'its first line names no absolute program'],
  ['#!sh', 'its first line names no absolute program'],
  ['#!/usr/bin/env', 'its first line names no program'],
  [`#!/${'x'.repeat(248)}`, 'its first line is longer than 250 bytes'],
] as const)('[VERIFY-23] %j names nothing to start', (line, why) => {
  expect(readFirstLine(line)).toEqual({ kind: 'unfit', why });
});

test('[VERIFY-23] a first line of 250 bytes is read', () => {
  expect(readFirstLine(`#!/${'x'.repeat(247)}`).kind).toBe('plain');
});
