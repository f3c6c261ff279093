import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { programFinder } from '../../../../src/adapters/checks/programs/program-finder.ts';
import { type StagedCommand, stageCommand } from '../../../../src/adapters/checks/programs/stage-command.ts';
import type { CheckProgram } from '../../../../src/kernel/index.ts';
import { CHECK_QUESTIONS } from '../../../../src/tools/index.ts';

const EXPECT = { exitCode: 0 };
const SYSTEM_PATH = '/usr/bin:/bin';

let directory = '';
let searchPath = '';
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-programs-')));
  mkdirSync(join(directory, 'bin'));
  searchPath = `${join(directory, 'bin')}:${SYSTEM_PATH}`;
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function put(name: string, content: string, mode = 0o644): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

type Asked = { readonly argv: readonly string[]; readonly reads?: readonly string[] };

async function seal(asked: Asked): Promise<readonly CheckProgram[]> {
  const finder = programFinder({ searchPath, keepOut: [join(directory, 'keys')] });
  const files = await finder.find(CHECK_QUESTIONS.command.parse({ ...asked, expect: EXPECT }), directory);
  return files.map((file) => ({ check: 'it', ...file }));
}

async function stage(asked: Asked, sealed: readonly CheckProgram[]): Promise<StagedCommand> {
  const question = CHECK_QUESTIONS.command.parse({ ...asked, expect: EXPECT });
  const copies = mkdtempSync(join(directory, 'copies-'));
  return await stageCommand({ question, sealed, copies, places: { directory, searchPath, keepOut: [] } });
}

async function staged(asked: Asked): Promise<Extract<StagedCommand, { readonly kind: 'staged' }>> {
  const command = await stage(asked, await seal(asked));
  if (command.kind === 'differs') throw new TypeError(command.why);
  return command;
}

async function whyNot(asked: Asked, sealed: readonly CheckProgram[]): Promise<string> {
  const command = await stage(asked, sealed);
  return command.kind === 'differs' ? command.why : `staged: ${command.argv.join(' ')}`;
}

function exitOf([file = '', ...args]: readonly string[]): number | null {
  return spawnSync(file, args, { cwd: directory }).status;
}

const paths = async (asked: Asked): Promise<readonly string[]> => (await seal(asked)).map(({ path }) => path);

test('[VERIFY-23, L3] what runs is a private copy of the sealed script, whatever becomes of the original meanwhile', async () => {
  const script = put('check.sh', 'exit 7\n');
  const command = await staged({ argv: ['sh', 'check.sh'] });
  const [, copy = ''] = command.argv;
  expect(copy).not.toBe(script);
  expect(copy).toMatch(/\/check\.sh$/);
  expect(statSync(copy).mode & 0o777).toBe(0o400);
  put('check.sh', 'exit 0\n');
  expect(exitOf(command.argv)).toBe(7);
  expect(await command.whatChanged()).toBe(`${script} changed since it was approved, while it ran`);
  put('check.sh', 'exit 7\n');
  expect(await command.whatChanged()).toBeUndefined();
});

test('[VERIFY-23, L3] a script that was rewritten after the approval is not put', async () => {
  const script = put('check.sh', 'exit 7\n');
  const sealed = await seal({ argv: ['sh', script] });
  expect(sealed.map(({ path, sizeBytes }) => [path, sizeBytes])).toEqual([
    [realpathSync('/bin/sh'), statSync('/bin/sh').size],
    [script, 7],
  ]);
  put('check.sh', 'exit 0\n');
  expect(await whyNot({ argv: ['sh', script] }, sealed)).toBe(`${script} changed since it was approved`);
  rmSync(script);
  expect(await whyNot({ argv: ['sh', script] }, sealed)).toBe(
    `${script} is not there any more, and was when it was approved`,
  );
});

test('[VERIFY-23, L3] a script that was not there when people signed is not put, and nothing unsealed is', async () => {
  const asked = { argv: ['sh', './later.sh'] };
  const sealed = await seal(asked);
  const script = put('later.sh', 'exit 0\n');
  expect(await whyNot(asked, sealed)).toBe(`${script} was not sealed with what was approved`);
  expect(await whyNot({ argv: ['true'] }, [])).toBe(
    `${realpathSync('/usr/bin/true')} was not sealed with what was approved`,
  );
});

test('[VERIFY-23, L3] a program by name is the one that it was, and not another one of that name', async () => {
  const sealed = await seal({ argv: ['true'] });
  const own = join(directory, 'bin', 'true');
  copyFileSync('/usr/bin/false', own);
  chmodSync(own, 0o755);
  expect(await whyNot({ argv: ['true'] }, sealed)).toBe(
    `it would run ${own}: that is not ${realpathSync('/usr/bin/true')}, which was approved`,
  );
  expect(await whyNot({ argv: ['/usr/bin/true'] }, sealed)).toBe('staged: /usr/bin/true');
});

test('[VERIFY-23, L3] a compiled program that is swapped for another and back while it runs was not the sealed one', async () => {
  const program = join(directory, 'bin', 'ask');
  copyFileSync('/usr/bin/true', program);
  chmodSync(program, 0o755);
  const command = await staged({ argv: ['ask'] });
  expect(command.argv).toEqual([program]);
  expect(await command.whatChanged()).toBeUndefined();
  const aside = join(directory, 'aside');
  renameSync(program, aside);
  copyFileSync('/usr/bin/false', program);
  expect(await command.whatChanged()).toBe(`${program} changed since it was approved, while it ran`);
  rmSync(program);
  renameSync(aside, program);
  expect(await command.whatChanged()).toBe(`${program} was written to or replaced while it ran`);
});

test('[VERIFY-23, L3] an executable script runs as a copy, with the interpreter that it names sealed beside it', async () => {
  const interpreter = join(directory, 'bin', 'mysh');
  copyFileSync('/bin/sh', interpreter);
  chmodSync(interpreter, 0o755);
  const direct = put('bin/direct', `#!${interpreter}\nexit 9\n`, 0o755);
  const byEnv = put('bin/by-env', '#!/usr/bin/env mysh\nexit 8\n', 0o755);
  expect(await paths({ argv: ['direct'] })).toEqual([direct, interpreter]);
  expect(await paths({ argv: [byEnv] })).toEqual([byEnv, realpathSync('/usr/bin/env'), interpreter]);
  const command = await staged({ argv: ['direct'] });
  put('bin/direct', '#!/bin/sh\nexit 0\n', 0o755);
  expect(exitOf(command.argv)).toBe(9);
  const sealed = await seal({ argv: ['by-env'] });
  copyFileSync('/usr/bin/true', interpreter);
  expect(await whyNot({ argv: ['by-env'] }, sealed)).toBe(`${interpreter} changed since it was approved`);
  writeFileSync(interpreter, '#!/bin/sh\nexit 0\n');
  expect(await whyNot({ argv: ['by-env'] }, sealed)).toBe(
    `${interpreter}: it interprets a script and is a script itself: name a binary program`,
  );
});

test('[VERIFY-23] a copy can be run where the original can', async () => {
  const tool = put('tool.sh', '#!/bin/sh\nexit 6\n', 0o755);
  const command = await staged({ argv: ['env', 'A=b', tool] });
  expect(exitOf(command.argv)).toBe(6);
});

test('[VERIFY-23] every argument that names a file is sealed, but for what the check declares that it reads', async () => {
  const rules = put('rules.json', '{}');
  const world = put('world.json', '{}');
  const link = join(directory, 'link.json');
  symlinkSync(rules, link);
  put('verbose', 'no option');
  mkdirSync(join(directory, 'there'));
  const argv = ['env', '--rules=link.json', '-v', 'verbose', 'there', '/dev/null', 'nowhere', world, '='];
  const [env] = await paths({ argv: ['env'] });
  expect(await paths({ argv })).toEqual([env, rules, join(directory, 'verbose'), world]);
  expect(await paths({ argv, reads: [world] })).toEqual([env, rules, join(directory, 'verbose')]);
  expect(await paths({ argv, reads: [world, 'link.json', 'verbose'] })).toEqual([env]);
  const command = await staged({ argv, reads: [world] });
  const [, option = '', , verbose = ''] = command.argv;
  expect(option).toMatch(/^--rules=.*\/rules\.json$/);
  expect(readFileSync(option.slice('--rules='.length), 'utf8')).toBe('{}');
  expect(readFileSync(verbose, 'utf8')).toBe('no option');
  expect(command.argv.slice(4)).toEqual(['there', '/dev/null', 'nowhere', world, '=']);
  put('world.json', '{"changed":true}');
  expect(await command.whatChanged()).toBeUndefined();
  put('rules.json', '{"changed":true}');
  expect(await command.whatChanged()).toBe(`${rules} changed since it was approved, while it ran`);
});

test.each([
  ['attached to an option', (path: string) => `-f${path}`],
  ['attached to an option, from here', () => '-fx.awk'],
  ['attached to an option, from here, the long way', () => '-f./x.awk'],
  ['in a response file', (path: string) => `@${path}`],
  ['behind a key', (path: string) => `key:${path}`],
  ['behind two signs', (path: string) => `-Dkey=a=${path}`],
  ['first in a list', (path: string) => `--of=${path}:/nowhere`],
  ['in the middle of a list', (path: string) => `-Wl,${path},nowhere`],
] as const)('[VERIFY-23, L3] a path %s is sealed, and runs as a copy', async (_, write) => {
  const path = put('x.awk', 'old');
  const argument = write(path);
  const asked = { argv: ['env', argument] };
  const sealed = await seal(asked);
  expect(sealed.slice(1).map((one) => one.path)).toEqual([path]);
  const [, option = ''] = (await staged(asked)).argv;
  const written = argument.replace(/(?:\.\/|\/[^:,]*\/)?x\.awk/, '@');
  const copy = /\/[^:,@]*\/copies-[^:,]*\/x\.awk/.exec(option)?.[0] ?? '';
  expect(option.replace(copy, '@')).toBe(written);
  expect(readFileSync(copy, 'utf8')).toBe('old');
  put('x.awk', 'new');
  expect(await whyNot(asked, sealed)).toBe(`${path} changed since it was approved`);
});

test('[VERIFY-23, L3] every file of a list is sealed, and each runs as a copy in its place', async () => {
  const first = put('first', '1');
  const second = put('second', '2');
  const asked = { argv: ['env', `-L${first}:${second}`] };
  expect((await paths(asked)).slice(1)).toEqual([first, second]);
  const [, list = ''] = (await staged(asked)).argv;
  expect(
    list
      .slice(2)
      .split(':')
      .map((copy) => readFileSync(copy, 'utf8')),
  ).toEqual(['1', '2']);
  expect(list).toMatch(/^-L\/.*\/copies-.*\/first:\/.*\/copies-.*\/second$/);
});

test('[VERIFY-23] of a path that ends in another name of the same file the whole is meant', async () => {
  const [real] = await paths({ argv: ['true'] });
  const asked = { argv: ['env', '-I/usr/bin/true'] };
  expect((await paths(asked)).slice(1)).toEqual([real]);
  expect((await staged(asked)).argv[1]).toMatch(/^-I\/.*\/copies-.*\/true$/);
  expect((await paths({ ...asked, reads: ['/usr/bin/true'] })).slice(1)).toEqual([]);
});

test('[VERIFY-23, L3] a script that another program may start is sealed with its interpreter', async () => {
  const script = put('tool.sh', '#!/bin/sh\nexit 6\n', 0o755);
  const sealed = await seal({ argv: ['env', script] });
  expect(sealed.slice(1).map(({ path }) => path)).toEqual([script, realpathSync('/bin/sh')]);
  chmodSync(script, 0o644);
  expect((await paths({ argv: ['env', script] })).slice(1)).toEqual([script]);
});

test('[VERIFY-23] what a program that only reads is given is what it looks at, and patterns from a file are not', async () => {
  const file = put('conf', 'a');
  const patterns = put('patterns', 'a');
  const only = async (...argv: readonly string[]): Promise<readonly string[]> => (await paths({ argv })).slice(1);
  expect(await only('cat', file)).toEqual([]);
  expect(await only('/usr/bin/cat', file)).toEqual([]);
  expect(await only('grep', '-q', 'a', file)).toEqual([]);
  expect(await only('test', '-e', file)).toEqual([]);
  expect(await only('grep', '-qf', patterns, file)).toEqual([patterns, file]);
  expect(await only('grep', `--file=${patterns}`, file)).toEqual([patterns, file]);
  expect(await only('env', 'cat', file)).toEqual([file]);
  const own = put('bin/cat', '#!/bin/sh\n. "$1"\n', 0o755);
  expect(await only(own, file)).toEqual([realpathSync('/bin/sh'), file]);
});

test.each([
  ['is not there', () => ({ argv: ['no-such-program'] }), 'there is no program no-such-program'],
  ['has no name', () => ({ argv: [''] }), 'there is no program '],
  ['may not be run', () => ({ argv: [put('plain', 'x')] }), 'there is no program @/plain'],
  [
    'names no interpreter',
    () => ({ argv: [put('odd', '#! sh\nexit 0\n', 0o755)] }),
    '@/odd: its first line names no absolute program',
  ],
  [
    'has env find nothing',
    () => ({ argv: [put('odd', '#!/usr/bin/env\n', 0o755)] }),
    '@/odd: its first line names no program',
  ],
  [
    'has env find what is not there',
    () => ({ argv: [put('odd', '#!/usr/bin/env no-such\n', 0o755)] }),
    'there is no program no-such',
  ],
  [
    'has a first line that names another file',
    () => ({ argv: [put('odd', '#!/bin/sh /srv/real.sh\n', 0o755)] }),
    '@/odd: its first line gives /bin/sh the argument /srv/real.sh, which may name what is not sealed: leave it out, and name program and files in the check’s argv',
  ],
  [
    'has env start more than a program',
    () => ({ argv: [put('odd', '#!/usr/bin/env -S sh /srv/real.sh\n', 0o755)] }),
    '@/odd: its first line gives env -S sh /srv/real.sh, and may give it the plain name of one program only: name program, options and files in the check’s argv',
  ],
  [
    'is told to start such a script',
    () => ({ argv: ['env', put('odd', '#!/bin/sh -c\n', 0o755)] }),
    '@/odd: its first line gives /bin/sh the argument -c, which may name what is not sealed: leave it out, and name program and files in the check’s argv',
  ],
  [
    'is a text that some shell would take',
    () => ({ argv: [put('text', 'exit 0\n', 0o755)] }),
    '@/text: it is no binary program, and has no first line that names one',
  ],
  [
    'has an argument that may name two files',
    () => ({ argv: twoNames() }),
    'one argument may name @/x.awk or @/awk: write the path as an argument of its own',
  ],
  [
    'has too many names in its arguments',
    () => ({ argv: ['sh', `-${'a/'.repeat(2000)}`, ...Array(9).fill(`-${'a/'.repeat(2000)}`)] }),
    'its arguments may name too many files: write paths as arguments of their own',
  ],
  ['is given a pipe', () => ({ argv: ['sh', fifo()] }), '@/pipe: it is a pipe or a device'],
  ['is given a device', () => ({ argv: ['sh', '/dev/zero'] }), '/dev/zero: no check may look there'],
  [
    'is given what is too large',
    () => ({ argv: ['sh', sized('large', 64 * 1024 * 1024 + 1)] }),
    '@/large: it is larger than 67108864 bytes',
  ],
  [
    'is too large itself',
    () => ({ argv: [sized('huge', 512 * 1024 * 1024 + 1)] }),
    '@/huge: it is larger than 536870912 bytes',
  ],
  ['is given a link to itself', () => ({ argv: ['sh', loop()] }), "@/loop: it can't be read: ELOOP"],
  ['is given a key', () => ({ argv: ['sh', key()] }), '@/keys/key: no check may look there'],
] as const)('[PROPOSE-14, L3] a check whose program %s is not sealed', async (_, asked, why) => {
  await expect(seal(asked())).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: why.replaceAll('@', directory),
  });
});

function twoNames(): readonly string[] {
  put('x.awk', '');
  put('awk', '');
  return ['sh', '-fx.awk'];
}

function fifo(): string {
  spawnSync('mkfifo', [join(directory, 'pipe')]);
  return join(directory, 'pipe');
}

function sized(name: string, sizeBytes: number): string {
  truncateSync(put(name, '', 0o755), sizeBytes);
  return join(directory, name);
}

function loop(): string {
  symlinkSync('loop', join(directory, 'loop'));
  return join(directory, 'loop');
}

function key(): string {
  mkdirSync(join(directory, 'keys'));
  return put('keys/key', 'secret');
}

test('[PROPOSE-14] what `reads` names must be an argument', () => {
  const parsed = CHECK_QUESTIONS.command.safeParse({
    argv: ['sh', 'a', '--of=b'],
    reads: ['a', 'b', 'c'],
    expect: EXPECT,
  });
  expect(parsed.error?.issues.map(({ path, message }) => [path, message])).toEqual([
    [['reads'], 'names what is no argument'],
  ]);
  for (const reads of [['a'], ['b'], ['--of=b']]) {
    expect(CHECK_QUESTIONS.command.safeParse({ argv: ['sh', 'a', '--of=b'], reads, expect: EXPECT }).success).toBe(
      true,
    );
  }
});
