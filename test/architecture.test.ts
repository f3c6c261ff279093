import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ambientUses } from './gates/ambient.ts';
import { cruiseImports, ROOT } from './gates/cruise-imports.ts';
import { doorComplaints, partsOf } from './gates/doors.ts';
import { brokenHabits, functionLines, lineCount } from './gates/habits.ts';
import { type Complaint, everyNode, type SourceFile, sourceFile } from './gates/source-file.ts';

const folders = ['src', 'web'].filter((folder) => existsSync(join(ROOT, folder)));
const paths = folders.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: ROOT })).sort();
const read = (path: string): SourceFile | undefined =>
  existsSync(join(ROOT, path)) ? sourceFile(path, readFileSync(join(ROOT, path), 'utf8')) : undefined;
const sources = paths.map((path) => sourceFile(path, readFileSync(join(ROOT, path), 'utf8')));

/** Where the world is reached: adapters, the surfaces that people and programs come in by, and the place that joins them. */
const MAY_REACH_THE_WORLD = /^src\/(adapters\/|surfaces\/|compose(\.ts$|\/))/;

const said = (file: SourceFile, complaints: readonly Complaint[]): readonly string[] =>
  complaints.map(({ rule, line, what }) => `${file.path}:${line} ${rule}: ${what}`);

test('[HOUSE-04, L9] the cruiser looked at every source file, and every import follows the directions of the house', async () => {
  const cruise = await cruiseImports(ROOT, folders);
  expect(paths.length).toBeGreaterThan(40);
  expect(paths.filter((path) => !cruise.looked.includes(path))).toEqual([]);
  expect(cruise.looked.length).toBeGreaterThanOrEqual(paths.length);
  expect(cruise.violations).toEqual([]);
});

test('[HOUSE-04] the clock, randomness, timers and the process are reached in adapters and surfaces only', () => {
  const inner = sources.filter((file) => !MAY_REACH_THE_WORLD.test(file.path));
  expect(inner.length).toBeGreaterThan(40);
  expect(inner.flatMap((file) => said(file, ambientUses(file)))).toEqual([]);
});

test('[HOUSE-05] every file keeps to the habits of the house', () => {
  expect(sources.flatMap((file) => said(file, brokenHabits(file)))).toEqual([]);
});

test('[HOUSE-05] every part has one door, which lets out few names, each with a docblock', () => {
  const parts = partsOf(paths);
  expect(parts.length).toBeGreaterThan(3);
  expect(parts.filter((part) => !paths.includes(`${part}/index.ts`))).toEqual([]);
  const doors = sources.filter((file) => parts.some((part) => file.path === `${part}/index.ts`));
  expect(doors.flatMap((file) => said(file, doorComplaints(file, read)))).toEqual([]);
});

test('[HOUSE-05] half of the files have at most 90 lines, and half of the functions at most 8', () => {
  const files = sources.map((file) => lineCount(file.text)).sort((left, right) => left - right);
  const functions: number[] = [];
  for (const file of sources) {
    everyNode(file.tree, (node) => {
      const lines = functionLines(file, node);
      if (lines !== undefined) functions.push(lines);
    });
  }
  functions.sort((left, right) => left - right);
  expect(at(files, 0.5)).toBeLessThanOrEqual(90);
  expect(at(files, 0.95)).toBeLessThanOrEqual(220);
  expect(functions.length).toBeGreaterThan(100);
  expect(at(functions, 0.5)).toBeLessThanOrEqual(8);
  expect(at(functions, 0.95)).toBeLessThanOrEqual(35);
});

test('[HOUSE-05] no test replaces a module', () => {
  const tests = globSync('test/**/*.ts', { cwd: ROOT }).filter((path) => !path.includes('/tmp-'));
  expect(tests.length).toBeGreaterThan(10);
  const replaces = /\bvi\s*\.\s*(mock|doMock|hoisted)\s*\(/;
  expect(tests.filter((path) => replaces.test(readFileSync(join(ROOT, path), 'utf8')))).toEqual([]);
});

function at(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.floor((sorted.length - 1) * share)];
}
