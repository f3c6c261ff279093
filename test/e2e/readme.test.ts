import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { needs } from '../real/needs.ts';
import { COMPILE_CACHE } from '../support/compile-cache.ts';

const ROOT = join(import.meta.dirname, '../..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

// A hang must end; a slow machine must not fail.
const TIMEOUT_MS = 600_000;

/** Every block of shell in the README, in order. */
const BLOCKS: readonly string[] = [...README.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
const BY_HAND: readonly string[] = BLOCKS.filter((block) => !/^npm /m.test(block));

/** A person's shell: no mark of an agent, a home of its own, everything temporary below one directory. */
function personsEnvironment(directory: string): Readonly<Record<string, string>> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: directory,
    TMPDIR: directory,
    LANG: 'C.UTF-8',
    NO_COLOR: '1',
    ...COMPILE_CACHE,
  };
}

test('[RANGE-08] the first block is the two commands, and both are scripts of the package', () => {
  const scripts: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts;
  const commands = (BLOCKS[0] ?? '').split('\n').filter((line) => line !== '');
  expect(commands.map((line) => line.split(/\s+#/)[0])).toEqual(['npm start', 'npm test']);
  expect(scripts).toMatchObject({ start: expect.any(String), test: expect.any(String) });
});

test('[RANGE-08] the loop by hand is there to be run: every phase is among its commands', () => {
  const typed = BY_HAND.join('\n');
  const phases = [
    'approver add',
    'propose terraform',
    'show',
    'approve',
    'execute',
    'verify',
    'record verify',
    'doctor',
  ];
  expect(phases.filter((phase) => !typed.includes(`countersign ${phase}`))).toEqual([]);
});

needs('terraform', 'ssh-keygen')(
  '[RANGE-08, CLI-07] every command of the README runs as it stands there, in its order',
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'readme-'));
    const marked = BY_HAND.map((block, index) => `${block}\necho "== block ${index} ran"`).join('\n');
    const run = spawnSync('bash', ['--norc', '-euo', 'pipefail', '-c', marked], {
      cwd: ROOT,
      env: personsEnvironment(directory),
      encoding: 'utf8',
      timeout: TIMEOUT_MS,
      input: '',
    });
    const text = `${run.stdout}${run.stderr}`;
    expect(run.status, text).toBe(0);
    const ran = [...run.stdout.matchAll(/^== block (\d+) ran$/gm)].map((match) => Number(match[1]));
    expect(ran).toEqual(BY_HAND.map((_, index) => index));
    expect(run.stdout).toContain('depth=100');
    expect(run.stdout).toMatch(/OUTCOME {2}completed/);
    expect(run.stdout).toMatch(/VERDICT {2}confirmed/);
  },
  TIMEOUT_MS,
);

test('[RANGE-08] every page that README and guide point to is there', () => {
  const pages = [
    'README.md',
    'CHANGELOG.md',
    'docs/limits.md',
    ...['first-change', 'trust-file', 'checks', 'when-it-fails', 'keys-and-homes'].map(
      (name) => `docs/guide/${name}.md`,
    ),
  ];
  const broken = pages.flatMap((page) => brokenLinks(page).map((link) => `${page}: ${link}`));
  expect(broken).toEqual([]);
});

function brokenLinks(page: string): readonly string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const links = [...text.matchAll(/\]\(([^)]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((link) => !/^https?:/.test(link));
  return links.filter((link) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? text : read(join(ROOT, page, '..', path));
    return target === undefined || (anchor !== undefined && !headings(target).includes(anchor));
  });
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Anchors as the usual renderers make them of headings. */
function headings(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );
}
