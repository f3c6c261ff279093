import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { type Citations, citedTitles } from './gates/cited-titles.ts';
import { REQUIREMENTS } from './requirements.ts';

const here = import.meta.dirname;

const paths = globSync('**/*.ts', { cwd: here }).filter((path) => !path.includes('/tmp-'));
const files: ReadonlyMap<string, Citations> = new Map(
  paths.map((path) => [path, citedTitles(path, readFileSync(join(here, path), 'utf8'))]),
);
const known = Object.values(REQUIREMENTS)
  .flat()
  .map((requirement) => requirement.id);
const cited = new Set([...files.values()].flatMap((file) => file.ids));

test('[HOUSE-03, L9] the gate read every test file, and found a test in each', () => {
  const onDisk = globSync('**/*.test.ts', { cwd: here }).filter((path) => !path.includes('/tmp-'));
  expect(onDisk.length).toBeGreaterThan(0);
  expect([...files.keys()].filter((path) => path.endsWith('.test.ts')).sort()).toEqual(onDisk.sort());
  expect(onDisk.filter((path) => files.get(path)?.tests === 0)).toEqual([]);
});

test('[HOUSE-03] every list of requirements on disk is aggregated, and none is empty', () => {
  const onDisk = globSync('requirements/*.ts', { cwd: here }).map((path) => basename(path, '.ts'));
  const areas = onDisk.filter((area) => area !== 'requirement');
  expect(Object.keys(REQUIREMENTS).sort()).toEqual(areas.sort());
  expect(Object.entries(REQUIREMENTS).filter(([, list]) => list.length === 0)).toEqual([]);
});

test('[HOUSE-03] ids are unique, of their form, and say what is promised and where it comes from', () => {
  expect(known.filter((id, index) => known.indexOf(id) !== index)).toEqual([]);
  const wrong = Object.values(REQUIREMENTS)
    .flat()
    .filter(({ id, behaviour, source }) => {
      return !/^(L\d+|[A-Z][A-Z0-9]*-\d\d)$/.test(id) || behaviour.length < 20 || source.length < 10;
    });
  expect(wrong).toEqual([]);
  expect(REQUIREMENTS['laws']?.map((law) => law.id)).toEqual(Array.from({ length: 15 }, (_, index) => `L${index + 1}`));
});

test('[HOUSE-03] every requirement is cited by a test', () => {
  expect(known.length).toBeGreaterThan(50);
  expect(known.filter((id) => !cited.has(id))).toEqual([]);
});

test('[HOUSE-03] no test cites a requirement that does not exist', () => {
  const unknown = [...files].flatMap(([path, { ids }]) =>
    ids.filter((id) => !known.includes(id)).map((id) => `${path}: ${id}`),
  );
  expect(unknown).toEqual([]);
});

test('[HOUSE-03] no test is without a citation', () => {
  expect([...files].flatMap(([path, { complaints }]) => complaints.map((what) => `${path}:${what}`))).toEqual([]);
});
