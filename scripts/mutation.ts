/**
 * `npm run mutation`: proves that the tests of kernel, record and loop fail when the code is broken (85 % of mutants at least).
 *
 *   npm run mutation                      every area
 *   npm run mutation -- kernel propose    some areas
 *   npm run mutation -- --changed REV --budget-s 300
 *
 * With `--changed` only files that differ from REV are mutated, until the budget is spent; what was not reached is named.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

type Area = { readonly name: string; readonly source: string; readonly tests: string };

const root = join(import.meta.dirname, '..');

const AREAS: readonly Area[] = [
  { name: 'kernel', source: 'src/kernel', tests: 'test/kernel' },
  { name: 'record', source: 'src/record', tests: 'test/record' },
  ...['read', 'propose', 'approve', 'execute', 'verify'].map((phase) => ({
    name: phase,
    source: `src/loop/${phase}`,
    tests: `test/loop/${phase}`,
  })),
].filter((area) => existsSync(join(root, area.source)));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { changed: { type: 'string' }, 'budget-s': { type: 'string', default: '86400' } },
});

function filesOf(area: Area): readonly string[] {
  const every = globSync(`${area.source}/**/*.ts`, { cwd: root });
  if (values.changed === undefined) return every;
  const changed = execFileSync('git', ['diff', '--name-only', values.changed, '--', area.source], { cwd: root });
  const names = new Set(changed.toString('utf8').split('\n'));
  return every.filter((file) => names.has(file));
}

function configOf(area: Area, files: readonly string[]): string {
  const base: object = JSON.parse(readFileSync(join(root, 'stryker.config.json'), 'utf8'));
  const path = join(root, 'reports', `stryker-${area.name}.json`);
  mkdirSync(join(root, 'reports'), { recursive: true });
  const own = {
    mutate: files,
    jsonReporter: { fileName: `reports/mutation-${area.name}.json` },
    tempDirName: `.stryker-tmp/${area.name}`,
  };
  writeFileSync(path, JSON.stringify({ ...base, ...own }, null, 2));
  return path;
}

const endsAtMs = Date.now() + Number(values['budget-s']) * 1000;
const wanted = AREAS.filter((area) => positionals.length === 0 || positionals.includes(area.name));
let failed = 0;
let looked = 0;
for (const area of wanted) {
  const files = filesOf(area);
  if (files.length === 0) continue;
  const leftMs = endsAtMs - Date.now();
  if (leftMs <= 0) {
    console.log(`${area.name}: NOT REACHED within the budget: ${files.length} changed files`);
    continue;
  }
  const stryker = join(root, 'node_modules/@stryker-mutator/core/bin/stryker.js');
  const ended = spawnSync(process.execPath, [stryker, 'run', configOf(area, files)], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, COUNTERSIGN_MUTATION_TESTS: area.tests },
    timeout: leftMs,
  });
  if (ended.signal !== null)
    console.log(`${area.name}: STOPPED at the end of the budget; ${files.length} files undecided`);
  else if (ended.status !== 0) failed += 1;
  looked += files.length;
  console.log(`${area.name}: ${files.length} files, ended with ${ended.status ?? ended.signal}`);
}
if (looked === 0 && values.changed === undefined) {
  console.log('nothing was mutated: a gate that looked at nothing has failed');
  failed += 1;
}
console.log(`mutation: ${looked} files looked at, ${failed} areas failed`);
process.exitCode = failed === 0 ? 0 : 1;
