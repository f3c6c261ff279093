/** What `npm run mutation` makes of changes and of reports. Stryker itself is a program that writes the report that it is told to. */

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { judgeMutation, mutationAreas, planMutation } from '../../scripts/plan-mutation.ts';
import { needs } from '../real/needs.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const ROOT: string = join(import.meta.dirname, '../..');
const FILES = [
  'src/kernel/quorum.ts',
  'src/kernel/decide.ts',
  'src/record/journal.ts',
  'src/loop/execute/run-tool.ts',
  'src/adapters/index.ts',
  'test/kernel/quorum.test.ts',
  'test/kernel/examples.ts',
  'test/loop/execute/run-tool.internal.test.ts',
];

const report = (...states: readonly string[]): { files: Record<string, { mutants: { status: string }[] }> } => ({
  files: { 'src/a.ts': { mutants: states.map((status) => ({ status })) } },
});

test('[HOUSE-11] the areas are kernel, record, and every folder of the loop and of the guards', () => {
  expect(mutationAreas([...FILES, 'src/guard/command/index.ts', 'src/loop/verify/deep/x.ts'])).toEqual([
    { name: 'guard/command', source: 'src/guard/command', tests: 'test/guard/command' },
    { name: 'kernel', source: 'src/kernel', tests: 'test/kernel' },
    { name: 'execute', source: 'src/loop/execute', tests: 'test/loop/execute' },
    { name: 'verify', source: 'src/loop/verify', tests: 'test/loop/verify' },
    { name: 'record', source: 'src/record', tests: 'test/record' },
  ]);
});

const rounds = (wanted: readonly string[], changed?: readonly string[]): unknown => {
  const plan = planMutation({ files: FILES, wanted, changed });
  return plan.kind === 'refused' ? plan.why : plan.rounds.flatMap((round) => round.files);
};

test('[HOUSE-11] everything, some areas, some files: and a misspelt one is refused', () => {
  expect(rounds([])).toEqual([
    'src/kernel/quorum.ts',
    'src/kernel/decide.ts',
    'src/loop/execute/run-tool.ts',
    'src/record/journal.ts',
  ]);
  expect(rounds(['record', 'src/kernel/decide.ts'])).toEqual(['src/kernel/decide.ts', 'src/record/journal.ts']);
  expect(rounds(['kernle'])).toBe('neither an area (kernel, execute, record) nor a file of one: kernle');
  expect(rounds(['src/adapters/index.ts'], [])).toMatch(/nor a file of one: src\/adapters\/index\.ts$/);
});

test('[HOUSE-11, L9] a changed source is mutated, and one whose own test was changed', () => {
  expect(rounds([], ['src/kernel/decide.ts', 'docs/limits.md'])).toEqual(['src/kernel/decide.ts']);
  expect(rounds([], ['test/kernel/quorum.test.ts'])).toEqual(['src/kernel/quorum.ts']);
  expect(rounds([], ['test/loop/execute/run-tool.internal.test.ts'])).toEqual(['src/loop/execute/run-tool.ts']);
  expect(rounds(['record'], ['src/kernel/decide.ts'])).toEqual([]);
  expect(rounds([], ['README.md', 'src/adapters/index.ts', 'src/kernel/gone.ts'])).toEqual([]);
});

test('[HOUSE-11, L9] what changed and is not mutated is said', () => {
  const changed = ['src/kernel/gone.ts', 'test/kernel/examples.ts', 'test/kernel/quorum.test.ts'];
  expect(planMutation({ files: FILES, wanted: [], changed })).toMatchObject({
    remarks: [
      'kernel: deleted, so nothing to mutate: src/kernel/gone.ts',
      'kernel: changed, but mirrors no one file: test/kernel/examples.ts',
    ],
  });
});

test('[HOUSE-11] mutants that could be tried count, and 85 % of them have to be noticed', () => {
  const of = (noticed: number, survived: number): unknown =>
    judgeMutation(report(...Array(noticed).fill('Killed'), ...Array(survived).fill('Survived')), 85);
  expect(of(85, 15)).toEqual({ kind: 'held', mutants: 100, percent: 85 });
  expect(of(84, 16)).toEqual({ kind: 'failed', mutants: 100, percent: 84 });
  expect(judgeMutation(report('Timeout', 'NoCoverage', 'CompileError', 'Ignored'), 85)).toEqual({
    kind: 'failed',
    mutants: 2,
    percent: 50,
  });
  expect(judgeMutation(report('CompileError', 'Ignored'), 85)).toEqual({ kind: 'no-mutants' });
  expect(judgeMutation({ files: {} }, 85)).toEqual({ kind: 'no-mutants' });
});

type House = { readonly root: string; readonly git: (...args: readonly string[]) => string };

/** A repository with two sources, a commit, and a Stryker that does as the file `stryker` says. */
function house(): House {
  const root = temporaryDirectory();
  const scripts = ['mutation.ts', 'plan-mutation.ts', 'sample-lines.ts'].map((name) => `scripts/${name}`);
  for (const path of [...scripts, 'stryker.config.json']) {
    cpSync(join(ROOT, path), join(root, path));
  }
  write(root, 'package.json', '{"type":"module"}');
  write(root, '.gitignore', 'node_modules\nreports\nstryker\nmutated\n');
  for (const name of ['one', 'two']) write(root, `src/kernel/${name}.ts`, `export const ${name} = 1;\n`);
  write(
    root,
    'node_modules/@stryker-mutator/core/bin/stryker.js',
    `const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');
    const config = JSON.parse(readFileSync(process.argv[3], 'utf8'));
    appendFileSync('mutated', config.mutate.join(',') + ' by ' + process.env.COUNTERSIGN_MUTATION_TESTS + '\\n');
    const order = readFileSync('stryker', 'utf8');
    if (order === 'hang') { process.on('SIGTERM', () => process.exit(143)); setInterval(() => {}, 1000); }
    else if (order === 'die') process.exitCode = 1;
    else writeFileSync(config.jsonReporter.fileName, order);`,
  );
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: root,
      encoding: 'utf8',
    });
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'first');
  return { root, git };
}

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

type Run = { readonly code: number | null; readonly lines: readonly string[]; readonly mutated: readonly string[] };

function mutate({ root }: House, order: string, ...args: readonly string[]): Run {
  write(root, 'stryker', order);
  rmSync(join(root, 'mutated'), { force: true });
  const ended = spawnSync(process.execPath, [join(root, 'scripts/mutation.ts'), ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  const mutated = existsSync(join(root, 'mutated'))
    ? readFileSync(join(root, 'mutated'), 'utf8').trim().split('\n')
    : [];
  return { code: ended.status, lines: `${ended.stdout}${ended.stderr}`.trim().split('\n'), mutated };
}

const gitTest = needs('git');
const GOOD = JSON.stringify(report('Killed', 'Killed'));

gitTest('[HOUSE-11, L9] a commit of documents, or one that only deletes, has nothing to mutate, and says so', () => {
  const place = house();
  write(place.root, 'README.md', 'words');
  place.git('add', '.');
  place.git('commit', '-qm', 'words');
  const nothing = 'nothing to mutate: no source of these areas, and no test that mirrors one, differs from HEAD~1';
  expect(mutate(place, 'die', '--changed', 'HEAD~1')).toEqual({
    code: 0,
    lines: [nothing, 'mutation: 0 mutants tried, 0 rounds undecided, 0 failed'],
    mutated: [],
  });
  place.git('rm', '-q', 'src/kernel/two.ts');
  place.git('commit', '-qm', 'less');
  expect(mutate(place, 'die', '--changed', 'HEAD~1')).toMatchObject({
    code: 0,
    lines: ['kernel: deleted, so nothing to mutate: src/kernel/two.ts', nothing, expect.any(String)],
  });
  expect(mutate(place, GOOD, '--changed', 'no-such-revision').code).not.toBe(0);
  expect(mutate(place, GOOD, 'kernle', '--changed', 'HEAD').code).toBe(2);
});

gitTest('[HOUSE-11, L9] each changed file is mutated under the tests of its area, a new one among them', () => {
  const place = house();
  write(place.root, 'src/kernel/one.ts', 'export const one = 2;\n');
  write(place.root, 'src/record/new.ts', 'export const fresh = 2;\n');
  expect(mutate(place, GOOD, '--changed', 'HEAD')).toEqual({
    code: 0,
    lines: [
      'kernel: src/kernel/one.ts: 100.0 % of 2 mutants noticed',
      'record: src/record/new.ts: 100.0 % of 2 mutants noticed',
      'mutation: 4 mutants tried, 0 rounds undecided, 0 failed',
    ],
    mutated: ['src/kernel/one.ts by test/kernel', 'src/record/new.ts by test/record'],
  });
});

gitTest('[HOUSE-11, L9] a low score, no report, no mutants in an area: each of them fails the run', () => {
  const place = house();
  const low = mutate(place, JSON.stringify(report('Killed', 'Survived')));
  expect([low.code, low.lines[0]]).toEqual([1, 'kernel: 2 files: FAILED: 50.0 % of 2 mutants noticed']);
  expect(mutate(place, GOOD).code).toBe(0);
  // The report of the run before still lies there.
  const died = mutate(place, 'die');
  expect([died.code, died.lines[0]]).toEqual([1, 'kernel: 2 files: FAILED: Stryker ended with 1 and no report']);
  const none = mutate(place, JSON.stringify(report()));
  expect([none.code, none.lines[0]]).toEqual([
    1,
    'kernel: 2 files: NO MUTANTS: there is nothing in it that could be broken',
  ]);
  write(place.root, 'src/kernel/one.ts', '// words\n');
  const words = mutate(place, JSON.stringify(report()), '--changed', 'HEAD');
  expect([words.code, words.lines[0]]).toEqual([
    0,
    'kernel: src/kernel/one.ts: NO MUTANTS: there is nothing in it that could be broken',
  ]);
});

gitTest('[HOUSE-11, L9] where the budget ends before one mutant was tried, the gate did not run and has failed', () => {
  const place = house();
  for (const name of ['one', 'two']) write(place.root, `src/kernel/${name}.ts`, 'export const it = 2;\n');
  expect(mutate(place, 'hang', '--changed', 'HEAD', '--budget-s', '1')).toMatchObject({
    code: 1,
    lines: [
      'kernel: src/kernel/one.ts: STOPPED at the end of the budget',
      'kernel: NOT REACHED within the budget: src/kernel/two.ts',
      'not one mutant could be tried within the budget: a gate that did not run has failed',
      'mutation: 0 mutants tried, 2 rounds undecided, 1 failed',
    ],
  });
});
