import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { nodeProcesses } from '../../src/adapters/index.ts';
import { needs } from '../real/needs.ts';
import { type Sat, sitAtTerminal } from '../support/at-terminal.ts';
import { COMPILE_CACHE } from '../support/compile-cache.ts';

const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'src/surfaces/cli/main.ts');
// A hang must end; a slow machine must not fail.
const TIMEOUT_MS = 600_000;
const PATH = process.env['PATH'] ?? '';

/** A shell whose temporary directory is its own, so that everything left behind is seen. */
function shell(more: Readonly<Record<string, string>> = {}): { directory: string; env: Record<string, string> } {
  const directory = mkdtempSync(join(tmpdir(), 'range-'));
  const own = { PATH, HOME: directory, TMPDIR: directory, LANG: 'C.UTF-8', TERM: 'xterm' };
  return { directory, env: { ...own, ...COMPILE_CACHE, ...more } };
}

/** The programs that the range and its parts may call, and no terraform. */
async function pathWithoutTerraform(directory: string): Promise<string> {
  const programs = join(directory, 'programs');
  mkdirSync(programs);
  for (const name of ['node', 'sh', 'bash', 'env', 'ls', 'mkdir', 'ssh-keygen', 'bwrap', 'socat', 'rg']) {
    const found = await nodeProcesses().locate(name, PATH);
    if (found !== undefined) symlinkSync(found, join(programs, name));
  }
  return programs;
}

function leftBehind(directory: string): readonly string[] {
  return readdirSync(directory).filter((name) => name.startsWith('countersign-practice-'));
}

async function isServing(url: string): Promise<boolean> {
  return await fetch(url).then(
    () => true,
    () => false,
  );
}

const addressIn = (text: string): string => /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? '';

type Line = readonly [end: string, what: string, got: string];

/** The table at the end, without its column of acts; what it amounts to stands below it. */
function tableOf(stdout: string): readonly Line[] {
  const [table = '', end = ''] = stdout.trimEnd().split('\n\n');
  expect(end).toBe('Every verdict was the expected one.');
  const lines = table.split('\n').map((line) => line.split(/ {2,}/));
  return lines.map(([how = '', , what = '', got = '']) => [how, what, got]);
}

const HALF_WAY = (outcome: string): readonly Line[] => [
  ['as expected', 'the change that failed half-way', `held, ${outcome}, refuted`],
  ['as expected', 'the agent approves its own change', 'exit 1, AGENT_SESSION'],
  ['as expected', 'the agent executes its own change', 'exit 1, AGENT_SESSION'],
  ['as expected', 'the next execution on the held target', 'exit 1, TARGET_HELD'],
  ['as expected', 'the mended change', 'closed, completed, confirmed'],
  ['as expected', 'the half-way change, afterwards', `closed, ${outcome}, refuted`],
  ['as expected', 'the record, checked from its first entry', 'exit 0'],
];

needs('terraform', 'ssh-keygen', 'npm')(
  '[RANGE-01, RANGE-02, RANGE-03, L1, L7] npm start -- --auto plays the loop on real tools, and every verdict is the expected one',
  async () => {
    const { directory, env } = shell();
    const run = spawnSync('npm', ['start', '--silent', '--', '--auto'], { cwd: ROOT, env, encoding: 'utf8' });
    expect(run.status, `${run.stdout}${run.stderr}`).toBe(0);
    expect(tableOf(run.stdout)).toEqual([
      ['as expected', 'the migration', 'closed, completed, confirmed'],
      ['as expected', 'the Terraform change', 'closed, completed, confirmed'],
      ...HALF_WAY('partial'),
    ]);
    expect(run.stderr).toMatch(
      /claimed {3}“Done, everything was applied\. .*”\n.*outcome {3}partial .*\n.*verdict {3}refuted /,
    );
    expect(leftBehind(directory)).toEqual([]);
    expect(await isServing(addressIn(run.stderr))).toBe(false);
  },
  TIMEOUT_MS,
);

needs('ssh-keygen')(
  '[RANGE-07, RANGE-05, RANGE-01] without terraform, and under an agent, the same is played with a script, and what is missing is said',
  async () => {
    const { directory, env } = shell({ CLAUDECODE: '1', AWS_SECRET_ACCESS_KEY: 'hunter2' });
    const searchPath = await pathWithoutTerraform(directory);
    const run = spawnSync(process.execPath, [MAIN, 'practice', '--auto'], {
      env: { ...env, PATH: searchPath },
      encoding: 'utf8',
    });
    expect(run.status, `${run.stdout}${run.stderr}`).toBe(0);
    expect(tableOf(run.stdout)).toEqual([
      ['as expected', 'the migration', 'closed, completed, confirmed'],
      ['skipped', 'the Terraform change', 'there is no terraform on the PATH'],
      ...HALF_WAY('indeterminate'),
    ]);
    expect(`${run.stdout}${run.stderr}`).not.toContain('hunter2');
    expect(leftBehind(directory)).toEqual([]);
  },
  TIMEOUT_MS,
);

/** Resolves when the text of a stream contains what is waited for; rejects when the program ends before. */
async function until(child: ChildProcessWithoutNullStreams, text: () => string, wanted: string): Promise<void> {
  await expect
    .poll(() => text().includes(wanted) || child.exitCode !== null || child.signalCode !== null, {
      timeout: TIMEOUT_MS,
    })
    .toBe(true);
  expect(text()).toContain(wanted);
}

needs('ssh-keygen')(
  '[RANGE-04] after Ctrl-C in the middle the service and the directory are gone',
  async () => {
    const { directory, env } = shell();
    const child = spawn(process.execPath, [MAIN, 'practice', '--auto'], { env, detached: true });
    let text = '';
    child.stderr.on('data', (chunk) => {
      text += String(chunk);
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    await until(child, () => text, 'countersign propose sqlite');
    expect(leftBehind(directory)).toHaveLength(1);
    expect(await isServing(addressIn(text))).toBe(true);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(leftBehind(directory)).toEqual([]);
    expect(await isServing(addressIn(text))).toBe(false);
  },
  TIMEOUT_MS,
);

needs('ssh-keygen')('[RANGE-06] without a terminal and without --auto the range says so and makes nothing', () => {
  const { directory, env } = shell();
  const run = spawnSync(process.execPath, [MAIN, 'practice'], { env, encoding: 'utf8', input: '' });
  expect(run.status, `${run.stdout}${run.stderr}`).toBe(2);
  expect(run.stderr).toContain('--auto');
  expect(leftBehind(directory)).toEqual([]);
});

/** A person at a terminal of their own, with one answer for every question, by what it ends with. */
async function playAsPerson(
  env: Readonly<Record<string, string>>,
  answers: (question: string) => string,
): Promise<Sat> {
  const line = `'${process.execPath}' '${MAIN}' practice`;
  return await sitAtTerminal(env, { line, asks: /q leaves › |\[y\/N\] /g }, (question) => `${answers(question)}\r`);
}

needs('ssh-keygen', 'script')(
  '[RANGE-06, RANGE-01] a person at a terminal plays it: reads each preview, confirms it there, a no approves nothing, and the end is the same',
  async () => {
    const { directory, env } = shell();
    const searchPath = await pathWithoutTerraform(directory);
    const decisions = ['n', 'y', 'y', 'y'];
    const { code, screen, asked } = await playAsPerson({ ...env, PATH: searchPath }, (question) =>
      question.startsWith('[y/N]') ? (decisions.shift() ?? 'n') : '',
    );
    expect(code, screen).toBe(0);
    expect(decisions).toEqual([]);
    expect(asked.filter((question) => question.startsWith('[y/N]'))).toHaveLength(4);
    expect(screen).toContain('not approved: you did not confirm');
    expect(screen).toContain('Every verdict was the expected one.');
    expect(leftBehind(directory)).toEqual([]);
  },
  TIMEOUT_MS,
);

needs('ssh-keygen', 'script')(
  '[RANGE-06, RANGE-04] whoever leaves in the middle gets 130 and leaves nothing behind',
  async () => {
    const { directory, env } = shell();
    let questions = 0;
    const { code, screen } = await playAsPerson(env, () => {
      questions += 1;
      return questions < 2 ? '' : 'q';
    });
    expect(code, screen).toBe(130);
    expect(screen).toContain('Left before the end: nothing is judged.');
    expect(leftBehind(directory)).toEqual([]);
    expect(await isServing(addressIn(screen))).toBe(false);
  },
  TIMEOUT_MS,
);

needs('script').each([
  { name: 'Ctrl-C', key: '\u0003' },
  { name: 'Ctrl-D', key: '\u0004' },
])(
  '[RANGE-06, CLI-24] $name at the first question is leaving: 130, no table, nothing made',
  async ({ key }) => {
    const { directory, env } = shell();
    const line = `'${process.execPath}' '${MAIN}' practice`;
    const { code, screen, asked } = await sitAtTerminal(env, { line, asks: /q leaves › /g }, () => key);
    expect(code, screen).toBe(130);
    expect(asked).toHaveLength(1);
    expect(screen).toContain('Left before the end: nothing is judged.');
    expect(screen).not.toContain('bug');
    expect(leftBehind(directory)).toEqual([]);
  },
  TIMEOUT_MS,
);
