/** The static gates of `npm run check`: each gives its complaint, and each has to prove that it looked at something (L9). */

import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { type LockEntry, lockGaps } from './lock-gaps.ts';

/** One gate. */
export type Gate = {
  readonly name: string;
  /** @returns what is wrong, or that it can't be shown that anything was looked at; `undefined` when all is well */
  readonly run: () => string | undefined;
};

const FOLDERS = ['src', 'web', 'test', 'bench', 'scripts', 'examples'] as const;
const MODULES: string = join(import.meta.dirname, '..', 'node_modules');

/** All static gates over one tree, in the order in which they are to be run: the shape of the package is that of the build. */
export function staticGates(root: string): readonly Gate[] {
  return [
    { name: 'types', run: () => typesHold(root) },
    { name: 'format and lint', run: () => formatHolds(root) },
    { name: 'dead code', run: () => nothingIsDead(root) },
    { name: 'lock file', run: () => lockIsComplete(root) },
    { name: 'build', run: () => buildIsWhole(root) },
    { name: 'package shape', run: () => packageIsWhole(root) },
  ];
}

type Ended = { readonly isGood: boolean; readonly said: string };

function program(root: string, file: string, args: readonly string[]): Ended {
  const ended = spawnSync(file, args, {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (ended.error !== undefined) return { isGood: false, said: `${file} could not be started: ${ended.error.message}` };
  const said = `${ended.stdout}${ended.stderr}`;
  if (ended.status === 0) return { isGood: true, said };
  return { isGood: false, said: said || `it ended with ${ended.status ?? ended.signal} and without a word` };
}

/** Runs a program of node_modules. */
function module(root: string, script: string, args: readonly string[]): Ended {
  return program(root, process.execPath, [join(MODULES, script), ...args]);
}

function sourcesOf(root: string, ...extensions: readonly string[]): readonly string[] {
  const patterns = FOLDERS.flatMap((folder) => extensions.map((extension) => `${folder}/**/*.${extension}`));
  return globSync(patterns, { cwd: root }).sort();
}

/** Complains unless everything that is to be looked at was looked at, and it is something. */
function unseen(what: readonly string[], seen: ReadonlySet<string>): string | undefined {
  if (what.length === 0) return 'there was nothing to look at, and a gate that looked at nothing has failed';
  const missing = what.filter((path) => !seen.has(path));
  if (missing.length === 0) return undefined;
  return `it passed, but did not look at ${missing.length} of ${what.length} files:\n${missing.slice(0, 20).join('\n')}`;
}

function typesHold(root: string): string | undefined {
  const { isGood, said } = module(root, 'typescript/bin/tsc', ['-p', '.', '--listFiles']);
  const lines = said.split('\n');
  if (!isGood) return lines.filter((line) => !isAbsolute(line)).join('\n');
  return unseen(sourcesOf(root, 'ts'), new Set(lines.map((line) => relative(root, line))));
}

/** How Biome lists a file that it read. */
const LOOKED_AT = /^ {2}- (.+)\n/gm;

function formatHolds(root: string): string | undefined {
  const args = ['ci', '--colors=off', '--verbose', '--files-ignore-unknown=true', '.'];
  const { isGood, said } = module(root, '@biomejs/biome/bin/biome', args);
  if (!isGood) return said.replaceAll(LOOKED_AT, '');
  const seen = [...said.matchAll(LOOKED_AT)].flatMap((match) => match[1] ?? []);
  return unseen(sourcesOf(root, 'ts', 'mjs'), new Set(seen));
}

function nothingIsDead(root: string): string | undefined {
  const count = join(import.meta.dirname, 'count-knip-files.ts');
  const args = ['--no-progress', '--reporter', 'symbols', '--reporter', count];
  const { isGood, said } = module(root, 'knip/bin/knip.js', args);
  if (!isGood) return said;
  const read = Number(/^read (\d+) files$/m.exec(said)?.[1] ?? 0);
  const wanted = sourcesOf(root, 'ts', 'mjs').length;
  return read > 0 && read >= wanted ? undefined : `it passed, but read ${read} files, and there are ${wanted}`;
}

type PackageJson = {
  readonly version: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
};

/** The tree's own package.json, whose form npm has accepted. */
function packageOf(root: string): PackageJson {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
}

function lockIsComplete(root: string): string | undefined {
  const lock: { packages: Record<string, LockEntry> } = JSON.parse(
    readFileSync(join(root, 'package-lock.json'), 'utf8'),
  );
  const { dependencies = {}, devDependencies = {} } = packageOf(root);
  const asked = Object.entries({ ...dependencies, ...devDependencies });
  if (asked.length === 0) return 'no dependency was found to look at';
  const absent = asked
    .filter(([name, version]) => lock.packages[`node_modules/${name}`]?.version !== version)
    .map(([name, version]) => `package.json wants ${name}@${version}, the lock has another or none`);
  const { looked, gaps } = lockGaps(lock.packages);
  if (looked === 0) return 'no optional dependency was found to look at';
  return absent.length + gaps.length === 0 ? undefined : [...absent, ...gaps].join('\n');
}

function buildIsWhole(root: string): string | undefined {
  // What an earlier build left must not pass for this one.
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const { isGood, said } = program(root, process.execPath, [join(root, 'scripts/build.ts')]);
  if (!isGood) return said;
  const wanted = globSync('src/**/*.ts', { cwd: root }).flatMap((path) => {
    const built = path.replace(/^src/, 'dist').replace(/\.ts$/, '');
    return [`${built}.js`, `${built}.d.ts`];
  });
  const found = globSync('dist/**/*.{js,ts}', { cwd: root });
  const stray = found.filter((path) => !wanted.includes(path));
  if (stray.length > 0) return `it built what has no source: ${stray.join(', ')}`;
  return unseen(wanted, new Set(found)) ?? answersItsVersion(root);
}

function answersItsVersion(root: string): string | undefined {
  const { version, bin = {} } = packageOf(root);
  if (Object.keys(bin).length === 0) return 'package.json names no program that could be asked for its version';
  for (const file of Object.values(bin)) {
    const { isGood, said } = program(root, process.execPath, [join(root, file), '--version']);
    if (!isGood || said.trim() !== version) return `${file} --version does not say ${version}: ${said}`;
  }
  return undefined;
}

function packageIsWhole(root: string): string | undefined {
  const { isGood, said } = module(root, 'publint/src/cli.js', ['--strict']);
  if (!isGood) return said;
  if (!/^Running publint .* for \S/m.test(said) || !/All good/.test(said)) {
    return `it passed, but does not say that it looked at a package:\n${said}`;
  }
  const packed = program(root, 'npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=silent']);
  if (!packed.isGood) return packed.said;
  // npm's documented answer: one entry for each package that it packed.
  const [answer] = JSON.parse(packed.said) as readonly { readonly files: readonly { readonly path: string }[] }[];
  const inside = new Set(answer?.files.map(({ path }) => path));
  const wanted = existsSync(join(root, 'dist')) ? globSync('dist/**/*.{js,ts}', { cwd: root }) : [];
  return unseen([...wanted, ...Object.values(packageOf(root).bin ?? {})], inside);
}
