/** The static gates of `npm run check`: each passes on a small sound house, fails on a defect, and fails where it looks at nothing. */

import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { staticGates } from '../../scripts/static-gates.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const ROOT: string = join(import.meta.dirname, '../..');
const OWN_CONFIGURATION = [
  '.gitignore',
  'tsconfig.json',
  'tsconfig.build.json',
  'biome.json',
  'knip.json',
  'scripts/build.ts',
];

const PACKAGE = {
  name: 'countersign',
  version: '1.2.3',
  license: 'Apache-2.0',
  type: 'module',
  bin: { countersign: 'dist/surfaces/cli/main.js' },
  files: ['dist'],
  scripts: { build: 'node scripts/build.ts' },
  devDependencies: { typescript: '6.0.3' },
};

const LOCK = {
  packages: {
    'node_modules/typescript': { version: '6.0.3' },
    'node_modules/b': { version: '1.0.0', optionalDependencies: { 'b-linux': '1.0.0' } },
    'node_modules/b-linux': { version: '1.0.0' },
  },
};

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

type Tree = Readonly<Record<string, string>>;

/** A small house under the very configuration of this one. */
function house(changes: Tree = {}): string {
  const root = temporaryDirectory();
  for (const path of OWN_CONFIGURATION) cpSync(join(ROOT, path), join(root, path));
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  const tree: Tree = {
    'package.json': json(PACKAGE),
    'package-lock.json': json(LOCK),
    'src/kernel/answer.ts': "export const answer: string = '1.2.3';\n",
    'src/surfaces/cli/main.ts':
      "#!/usr/bin/env node\nimport { answer } from '../../kernel/answer.ts';\n\nconsole.log(answer);\n",
    'test/answer.test.ts': "import { answer } from '../src/kernel/answer.ts';\n\nconsole.log(answer);\n",
    ...changes,
  };
  for (const [path, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** The complaint of one gate. */
function complaint(name: string, root: string): string | undefined {
  const gate = staticGates(root).find((one) => one.name === name);
  expect(gate).toBeDefined();
  return gate?.run();
}

/** What a build leaves. */
const BUILT: Tree = { 'dist/kernel/answer.js': '', 'dist/surfaces/cli/main.js': '#!/usr/bin/env node\n' };

function configured(path: string, change: (configuration: Record<string, unknown>) => object): Tree {
  // The configuration files of this house are JSON objects.
  return { [path]: json(change(JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Record<string, unknown>)) };
}

const UNUSED = 'export const used: number = 1;\nexport const forgotten: number = 2;\n';

/** What each gate has to find. */
const DEFECTS: readonly (readonly [gate: string, defect: string, tree: Tree, found: RegExp])[] = [
  ['types', 'a type that does not fit', { 'src/wrong.ts': "export const wrong: number = 'text';\n" }, /TS2322/],
  ['format and lint', 'a careless line', { 'src/kernel/sloppy.ts': 'export const sloppy = "x"' }, /sloppy\.ts/],
  ['format and lint', 'an any', { 'test/any.ts': 'export const it: any = 1;\n' }, /noExplicitAny/],
  [
    'dead code',
    'an export that nobody uses',
    { 'src/kernel/some.ts': UNUSED, 'test/some.test.ts': "import { used } from '../src/kernel/some.ts';\n\nused;\n" },
    /forgotten/,
  ],
  ['dead code', 'a file that nobody uses', { 'src/kernel/orphan.ts': 'export const orphan: number = 1;\n' }, /orphan/],
  [
    'lock file',
    'a platform package that the lock lacks',
    { 'package-lock.json': json({ packages: { ...LOCK.packages, 'node_modules/b-linux': {} } }) },
    /wants b-linux@1\.0\.0/,
  ],
  [
    'lock file',
    'a dependency of another version',
    { 'package.json': json({ ...PACKAGE, devDependencies: { typescript: '6.0.4' } }) },
    /wants typescript@6\.0\.4/,
  ],
  ['build', 'a source that does not compile', { 'src/wrong.ts': 'export const it: number = nothing;\n' }, /TS2304/],
  [
    'build',
    'a program that does not answer its version',
    { 'src/kernel/answer.ts': "export const answer: string = '9.9.9';\n" },
    /--version does not say 1\.2\.3/,
  ],
  [
    'package shape',
    'an entry that is not there',
    { ...BUILT, 'package.json': json({ ...PACKAGE, exports: './no.js' }) },
    /no\.js/,
  ],
];

/** Settings under which a tool looks at nothing, or not at all there is, and ends well all the same. */
const BLIND: readonly (readonly [gate: string, how: string, tree: Tree])[] = [
  ['types', 'reads one folder only', configured('tsconfig.json', (own) => ({ ...own, include: ['src'] }))],
  [
    'format and lint',
    'reads no tests',
    { 'biome.json': readFileSync(join(ROOT, 'biome.json'), 'utf8').replace('!**/package-lock.json', '!test') },
  ],
  [
    'dead code',
    'ignores the whole project',
    configured('knip.json', (own) => ({ ...own, project: [], entry: ['src/surfaces/*/main.ts'] })),
  ],
  [
    'lock file',
    'has a lock without packages',
    { 'package-lock.json': json({ packages: {} }), 'package.json': json({ ...PACKAGE, devDependencies: {} }) },
  ],
  [
    'build',
    'writes nothing',
    configured('tsconfig.build.json', (own) => ({ ...own, compilerOptions: { noEmit: true } })),
  ],
  ['build', 'does nothing', { 'scripts/build.ts': 'export {};\n' }],
  ['build', 'builds a part', configured('tsconfig.build.json', (own) => ({ ...own, include: ['src/kernel'] }))],
  ['package shape', 'packs less than was built', { ...BUILT, 'package.json': json({ ...PACKAGE, files: ['docs'] }) }],
];

test('[HOUSE-10, L9] every static gate passes on a sound house', () => {
  const root = house();
  expect(staticGates(root).map((gate) => [gate.name, gate.run()])).toEqual(
    ['types', 'format and lint', 'dead code', 'lock file', 'build', 'package shape'].map((name) => [name, undefined]),
  );
});

test.for(DEFECTS)('[HOUSE-10, L9] %s: %s is found', ([gate, , tree, found]) => {
  expect(complaint(gate, house(tree))).toMatch(found);
});

test.for(BLIND)('[HOUSE-10, L9] %s: a tool that %s has failed', ([gate, , tree]) => {
  expect(complaint(gate, house(tree))).toMatch(
    /did not look at \d+ of \d+ files|read \d+ files, and there are \d+|^no dependency was found/,
  );
});

test('[HOUSE-10, L9] every static gate is tried with a defect, and with a tool that looks at nothing', () => {
  const names = staticGates(ROOT).map((gate) => gate.name);
  expect(new Set(DEFECTS.map(([name]) => name))).toEqual(new Set(names));
  expect(new Set(BLIND.map(([name]) => name))).toEqual(new Set(names));
});
