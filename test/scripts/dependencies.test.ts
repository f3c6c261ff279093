import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

type Named = Readonly<Record<string, string>>;
type LockEntry = { readonly version: string; readonly license: string; readonly hasInstallScript?: boolean };

const own: {
  readonly dependencies: Named;
  readonly devDependencies: Named;
  readonly allowScripts: Readonly<Record<string, boolean>>;
} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const lock: { readonly packages: Readonly<Record<string, LockEntry>> } = JSON.parse(
  readFileSync(join(root, 'package-lock.json'), 'utf8'),
);
const page = readFileSync(join(root, 'docs/dependencies.md'), 'utf8');

test('[HOUSE-09] every dependency has a row with its exact version and licence, and no row is left over', () => {
  const wanted = { ...own.dependencies, ...own.devDependencies };
  const rows = [...page.matchAll(/^\| `([^`]+)` \| (\S+) \| ([^|]+) \|/gm)].map(([, name, version, license]) => {
    return [name, `${version} ${license?.trim()}`] as const;
  });
  const expected = Object.entries(wanted).map(([name, version]) => {
    return [name, `${version} ${lock.packages[`node_modules/${name}`]?.license}`] as const;
  });
  expect(expected.length).toBeGreaterThan(10);
  expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(expected));
});

test('[HOUSE-09] versions are exact', () => {
  const versions = Object.values({ ...own.dependencies, ...own.devDependencies });
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

test('[HOUSE-09] every package that has an install script is judged by name, and node alone may run its own', () => {
  const scripted = Object.entries(lock.packages).filter(([, entry]) => entry.hasInstallScript === true);
  // The lock file is written per platform package, of which macOS has one more that is never installed here.
  const names = scripted.map(([path]) => path.replace(/^.*node_modules\//, '')).filter((name) => name !== 'fsevents');
  expect(Object.keys(own.allowScripts).sort()).toEqual([...new Set(names)].sort());
  expect(Object.keys(own.allowScripts).filter((name) => own.allowScripts[name])).toEqual(['node']);
});
