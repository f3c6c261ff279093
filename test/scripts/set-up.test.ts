import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const here = join(import.meta.dirname, '../..');
let root = '';

/** A repository with nothing in it but the set-up script, and an `npm` that writes down how it was called. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'countersign-set-up-'));
  mkdirSync(join(root, 'scripts'));
  mkdirSync(join(root, 'bin'));
  cpSync(join(here, 'scripts/set-up.mjs'), join(root, 'scripts/set-up.mjs'));
  writeFileSync(join(root, 'package-lock.json'), '{"lock":1}');
  writeFileSync(join(root, '.npmrc'), 'fund=false\n');
  fakeNpm('');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

/** An npm that makes a pinned Node of the one that runs this test, unless told otherwise. */
function fakeNpm(extra: string): void {
  const modules = join(root, 'node_modules');
  const script = `#!/bin/sh
echo "$@" >> ${root}/calls
echo "$PATH" > ${root}/path
${extra}
mkdir -p ${modules}/.bin ${modules}/node
printf '{"version":"${process.version.slice(1)}"}' > ${modules}/node/package.json
ln -sf ${process.execPath} ${modules}/.bin/node
`;
  writeFileSync(join(root, 'bin/npm'), script);
  chmodSync(join(root, 'bin/npm'), 0o755);
}

function setUp(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): { code: number | null; said: string } {
  const path = [join(root, 'node_modules/.bin'), join(root, 'bin'), '/usr/bin', '/bin'].join(delimiter);
  const ended = spawnSync(process.execPath, [join(root, 'scripts/set-up.mjs'), ...args], {
    env: { PATH: path, ...env },
    encoding: 'utf8',
  });
  return { code: ended.status, said: ended.stdout + ended.stderr };
}

const calls = (): readonly string[] => {
  try {
    return readFileSync(join(root, 'calls'), 'utf8').trim().split('\n');
  } catch {
    return [];
  }
};

test('[HOUSE-07] what is missing is installed from the lock file, and then nothing is done or said', () => {
  const first = setUp();
  expect(first.said).toContain('node_modules is missing; installing with npm ci');
  expect(first.code).toBe(0);
  expect(calls()).toEqual(['ci --include=dev --no-audit --no-fund --loglevel=error']);
  expect(setUp()).toEqual({ code: 0, said: '' });
  expect(calls()).toHaveLength(1);
});

test('[HOUSE-07] the Node that installs is not the one that the install replaces', () => {
  setUp();
  expect(readFileSync(join(root, 'path'), 'utf8')).not.toContain('node_modules');
});

test.each(['package-lock.json', '.npmrc'])('[HOUSE-07] a changed %s makes what is installed old', (name) => {
  setUp();
  writeFileSync(join(root, name), 'changed');
  expect(setUp().said).toContain('node_modules is older than package-lock.json; installing');
  expect(setUp()).toEqual({ code: 0, said: '' });
  expect(calls()).toHaveLength(2);
});

test('[HOUSE-07] an install by hand is taken as it is, packing is not', () => {
  mkdirSync(join(root, 'node_modules/.bin'), { recursive: true });
  symlinkSync(process.execPath, join(root, 'node_modules/.bin/node'));
  expect(setUp(['--stamp'], { npm_command: 'pack' })).toEqual({ code: 0, said: '' });
  expect(setUp(['--stamp'], { npm_command: 'ci' })).toEqual({ code: 0, said: '' });
  expect(setUp()).toEqual({ code: 0, said: '' });
  expect(calls()).toEqual([]);
});

test('[HOUSE-07, L9, L13] an install that fails stops with what to do, and is tried again', () => {
  fakeNpm('exit 7');
  const { code, said } = setUp();
  expect(code).toBe(1);
  expect(said).toContain('set-up stopped: npm ci ended with 7');
  expect(said).toContain('next: see its words above');
  expect(setUp().code).toBe(1);
  fakeNpm('');
  expect(setUp().code).toBe(0);
});

test('[HOUSE-07, L9, L13] an install without the pinned Node stops with what to do', () => {
  fakeNpm(
    `mkdir -p ${root}/node_modules/node; printf '{"version":"1.2.3"}' > ${root}/node_modules/node/package.json; exit 0`,
  );
  const { code, said } = setUp();
  expect(code).toBe(1);
  expect(said).toContain('Node 1.2.3 was not installed into node_modules');
  expect(said).toContain('npm rebuild node --ignore-scripts=false');
});

test('[HOUSE-07] the set-up script is JavaScript that an old Node reads', () => {
  const source = readFileSync(join(here, 'scripts/set-up.mjs'), 'utf8');
  expect(source).not.toMatch(/\bimport\.meta\.(dirname|filename)\b|\bstyleText\b|\bglobSync\b|\bparseArgs\b|\bwith \{/);
});
