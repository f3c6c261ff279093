/**
 * `npm run mutation`: proves that the tests of kernel, record and loop fail when the code is broken (85 % of mutants at least).
 *
 *   npm run mutation                                  every area
 *   npm run mutation -- kernel src/record/journal.ts  some areas or files
 *   npm run mutation -- --changed REV --budget-s 300
 *   npm run mutation -- record --sample 15        an even 15 % of the lines (`--seed 2` draws others)
 *
 * With `--changed` only files are mutated that differ from REV, or whose mirrored tests do, until the budget is spent. What was not
 * reached is named; where something changed and not one mutant of it could be tried in time, the gate did not run and has failed.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { judgeMutation, planMutation, type Round } from './plan-mutation.ts';
import { sampleLines } from './sample-lines.ts';

const LEAST_PERCENT = 85;
const root = join(import.meta.dirname, '..');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    changed: { type: 'string' },
    'budget-s': { type: 'string', default: '86400' },
    concurrency: { type: 'string', default: '2' },
    sample: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
  },
});

/** Tracked files that differ from a revision, and files that git does not know yet. Throws where git knows no such revision. */
function changedSince(revision: string): readonly string[] {
  const ask = (...args: readonly string[]): readonly string[] =>
    execFileSync('git', ['-c', 'core.quotePath=false', ...args], { cwd: root, encoding: 'utf8' }).split('\n');
  const known = ask('diff', '--name-only', '--no-renames', revision, '--', 'src', 'test');
  const unknown = ask('ls-files', '--others', '--exclude-standard', '--', 'src', 'test');
  return [...known, ...unknown].filter((path) => path !== '');
}

type Paths = { readonly config: string; readonly report: string; readonly scratch: string };

/** What Stryker is to mutate: whole files, or a sample of their lines. */
function mutableLines(files: readonly string[]): readonly string[] {
  const percent = Number(values.sample);
  if (percent >= 100) return files;
  const counted = files.map((path) => {
    return { path, lines: readFileSync(join(root, path), 'utf8').split('\n').length };
  });
  return sampleLines(counted, percent, Number(values.seed));
}

function configure({ area, files }: Round): Paths {
  const name = area.name.replaceAll('/', '-');
  const paths: Paths = {
    config: join(root, 'reports', `stryker-${name}.json`),
    report: join(root, 'reports', `mutation-${name}.json`),
    scratch: join(root, '.stryker-tmp', name),
  };
  const base: object = JSON.parse(readFileSync(join(root, 'stryker.config.json'), 'utf8'));
  mkdirSync(join(root, 'reports'), { recursive: true });
  // What an earlier run left must not pass for this one.
  rmSync(paths.report, { force: true });
  const own = {
    mutate: mutableLines(files),
    jsonReporter: { fileName: paths.report },
    tempDirName: paths.scratch,
    concurrency: Number(values.concurrency),
  };
  writeFileSync(paths.config, JSON.stringify({ ...base, ...own }, null, 2));
  return paths;
}

/** What became of a round. `tried` counts mutants that were really judged. */
type Played = {
  readonly kind: 'held' | 'failed' | 'undecided';
  readonly tried: number;
  readonly words: string;
};

function play(round: Round, leftMs: number): Played {
  const { area, files } = round;
  const where = files.length === 1 ? `${area.name}: ${files[0]}` : `${area.name}: ${files.length} files`;
  const paths = configure(round);
  const stryker = join(root, 'node_modules/@stryker-mutator/core/bin/stryker.js');
  const ended = spawnSync(process.execPath, [stryker, 'run', paths.config], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, COUNTERSIGN_MUTATION_TESTS: area.tests },
    timeout: leftMs,
  });
  rmSync(paths.scratch, { recursive: true, force: true });
  // Stryker tidies up and then exits by itself when it is stopped: neither signal nor exit code tells.
  if (ended.error !== undefined && 'code' in ended.error && ended.error.code === 'ETIMEDOUT') {
    return { kind: 'undecided', tried: 0, words: `${where}: STOPPED at the end of the budget` };
  }
  if (!existsSync(paths.report)) {
    return { kind: 'failed', tried: 0, words: `${where}: FAILED: Stryker ended with ${ended.status} and no report` };
  }
  const verdict = judgeMutation(JSON.parse(readFileSync(paths.report, 'utf8')), LEAST_PERCENT);
  if (verdict.kind === 'no-mutants') {
    // A changed file may well hold nothing but types or constants; a whole area may not.
    const kind = ended.status === 0 && values.changed !== undefined ? 'held' : 'failed';
    return { kind, tried: 0, words: `${where}: NO MUTANTS: there is nothing in it that could be broken` };
  }
  const kind = verdict.kind === 'held' && ended.status === 0 ? 'held' : 'failed';
  const drawn = Number(values.sample) < 100 ? ` (a sample: ${values.sample} % of the lines, seed ${values.seed})` : '';
  const score = `${verdict.percent.toFixed(1)} % of ${verdict.mutants} mutants noticed${drawn}`;
  return { kind, tried: verdict.mutants, words: `${where}: ${kind === 'held' ? '' : 'FAILED: '}${score}` };
}

/** With `--changed` each file is a round of its own: a budget that ends costs one file its answer, and not all. */
function roundsOf(planned: readonly Round[]): readonly Round[] {
  if (values.changed === undefined) return planned;
  return planned.flatMap(({ area, files }) => files.map((file) => ({ area, files: [file] })));
}

const changed = values.changed === undefined ? undefined : changedSince(values.changed);
const files = globSync(['src/**/*.ts', 'test/**/*.ts'], { cwd: root }).sort();
const plan = planMutation({ files, wanted: positionals, changed });
if (plan.kind === 'refused') {
  console.error(`mutation: ${plan.why}`);
  process.exit(2);
}
const endsAtMs = Date.now() + Number(values['budget-s']) * 1000;
const said = [...plan.remarks];
let failed = 0;
let tried = 0;
let undecided = 0;
for (const round of roundsOf(plan.rounds)) {
  const leftMs = endsAtMs - Date.now();
  if (leftMs <= 0) {
    undecided += 1;
    said.push(`${round.area.name}: NOT REACHED within the budget: ${round.files.join(', ')}`);
    continue;
  }
  const played = play(round, leftMs);
  if (played.kind === 'failed') failed += 1;
  if (played.kind === 'undecided') undecided += 1;
  tried += played.tried;
  said.push(played.words);
}
for (const words of said) console.log(words);
if (plan.rounds.length === 0 && changed === undefined) {
  console.log('nothing was mutated: a gate that looked at nothing has failed');
  failed += 1;
} else if (plan.rounds.length === 0) {
  console.log(
    `nothing to mutate: no source of these areas, and no test that mirrors one, differs from ${values.changed}`,
  );
} else if (tried === 0 && undecided > 0) {
  console.log('not one mutant could be tried within the budget: a gate that did not run has failed');
  failed += 1;
}
console.log(`mutation: ${tried} mutants tried, ${undecided} rounds undecided, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
