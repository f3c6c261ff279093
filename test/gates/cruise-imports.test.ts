import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { cruiseImports, IMPORT_RULES } from './cruise-imports.ts';

type Tree = Readonly<Record<string, string>>;

/** Cruises a small tree of files; `import './x.ts'` lines are all that counts in it. */
async function cruiseTree(tree: Tree): Promise<Awaited<ReturnType<typeof cruiseImports>>> {
  const root = mkdtempSync(join(tmpdir(), 'countersign-tree-'));
  try {
    for (const [path, text] of Object.entries(tree)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const folders = [...new Set(Object.keys(tree).map((path) => path.split('/')[0] ?? ''))];
    return await cruiseImports(root, folders);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const LEAF = 'export const leaf = 1;';
const uses = (...from: readonly string[]): string =>
  `${from.map((path, index) => `import { leaf as leaf${index} } from '${path}';`).join('\n')}\nexport const leaf = 2;`;
const knows = (from: string): string => `import type { leaf } from '${from}';\nexport type Known = typeof leaf;`;

const BROKEN: readonly (readonly [rule: string, tree: Tree])[] = [
  ['kernel-imports-nothing', { 'src/kernel/a.ts': `import 'node:crypto';\n${LEAF}` }],
  ['kernel-imports-nothing', { 'src/kernel/a.ts': uses('../tools/index.ts'), 'src/tools/index.ts': LEAF }],
  ['tools-import-the-kernel-only', { 'src/tools/a.ts': uses('../record/index.ts'), 'src/record/index.ts': LEAF }],
  ['record-imports-the-kernel-only', { 'src/record/a.ts': uses('../tools/index.ts'), 'src/tools/index.ts': LEAF }],
  ['phases-never-meet', { 'src/loop/approve/a.ts': uses('../execute/index.ts'), 'src/loop/execute/index.ts': LEAF }],
  ['phases-never-meet', { 'src/loop/approve/a.ts': knows('../execute/index.ts'), 'src/loop/execute/index.ts': LEAF }],
  [
    'verify-never-reaches-the-actor',
    {
      'src/loop/verify/a.ts': uses('../../tools/index.ts'),
      'src/tools/index.ts': uses('../qualify/index.ts'),
      'src/qualify/index.ts': uses('../loop/execute/index.ts'),
      'src/loop/execute/index.ts': LEAF,
    },
  ],
  ['only-adapters-do-io', { 'src/record/a.ts': `import 'node:fs/promises';\n${LEAF}` }],
  ['only-adapters-do-io', { 'src/loop/verify/a.ts': `import 'child_process';\n${LEAF}` }],
  ['only-adapters-do-io', { 'src/surfaces/cli/main.ts': `import 'node:sqlite';\n${LEAF}` }],
  ['io-packages-in-adapters-only', { 'src/record/a.ts': `import 'kysely';\n${LEAF}` }],
  ['command-line-package-in-surfaces-only', { 'src/record/a.ts': `import '@stricli/core';\n${LEAF}` }],
  [
    'adapters-know-only-ports',
    { 'src/adapters/a.ts': uses('../loop/execute/index.ts'), 'src/loop/execute/index.ts': LEAF },
  ],
  ['adapters-never-look-outward', { 'src/adapters/a.ts': uses('../compose.ts'), 'src/compose.ts': LEAF }],
  ['nobody-imports-surfaces', { 'src/compose.ts': uses('./surfaces/cli/a.ts'), 'src/surfaces/cli/a.ts': LEAF }],
  ['surfaces-never-meet', { 'src/surfaces/mcp/a.ts': uses('../cli/a.ts'), 'src/surfaces/cli/a.ts': LEAF }],
  ['the-hook-starts-cold', { 'src/surfaces/hook/a.ts': uses('../../record/index.ts'), 'src/record/index.ts': LEAF }],
  ['only-compose-joins', { 'src/surfaces/cli/a.ts': uses('../../adapters/index.ts'), 'src/adapters/index.ts': LEAF }],
  ['no-cycles', { 'src/kernel/a.ts': uses('./b.ts'), 'src/kernel/b.ts': uses('./a.ts') }],
  ['no-cycles', { 'src/kernel/a.ts': knows('./b.ts'), 'src/kernel/b.ts': `${knows('./a.ts')}\n${LEAF}` }],
  ['no-orphans', { 'src/kernel/a.ts': LEAF }],
  ['web-sees-the-contract-only', { 'web/a.ts': knows('../src/kernel/index.ts'), 'src/kernel/index.ts': LEAF }],
  ['part-only-through-its-door', { 'src/record/a.ts': uses('../kernel/b.ts'), 'src/kernel/b.ts': LEAF }],
  ['part-only-through-its-door', { 'src/compose.ts': uses('./kernel/ports/b.ts'), 'src/kernel/ports/b.ts': LEAF }],
  ['part-only-through-its-door', { 'src/loop/verify/a.ts': uses('../../record/b.ts'), 'src/record/b.ts': LEAF }],
  ['phase-only-through-its-door', { 'src/compose.ts': uses('./loop/verify/b.ts'), 'src/loop/verify/b.ts': LEAF }],
  [
    'neighbour-only-through-its-door',
    { 'src/guard/change/a.ts': uses('../command/b.ts'), 'src/guard/command/b.ts': LEAF },
  ],
  ['never-the-own-door', { 'src/record/a.ts': uses('./index.ts'), 'src/record/index.ts': LEAF }],
  ['never-the-own-phase-door', { 'src/loop/verify/a.ts': uses('./index.ts'), 'src/loop/verify/index.ts': LEAF }],
  ['nothing-unresolved', { 'src/kernel/a.ts': uses('./gone.ts') }],
];

test.each(BROKEN)('[HOUSE-04, L9] the rule %s fires on a tree that breaks it (%#)', async (rule, tree) => {
  const cruise = await cruiseTree(tree);
  expect(cruise.rules).toContain(rule);
  expect([...cruise.looked].sort()).toEqual(Object.keys(tree).sort());
});

test('[HOUSE-04, L9] every rule was proven to fire', () => {
  expect([...new Set(BROKEN.map(([rule]) => rule))].sort()).toEqual([...IMPORT_RULES].sort());
});

test('[HOUSE-04] a tree that follows the directions is let through', async () => {
  const cruise = await cruiseTree({
    'src/kernel/index.ts': "export { leaf } from './a.ts';",
    'src/kernel/a.ts': uses('./ports/b.ts'),
    'src/kernel/ports/b.ts': LEAF,
    'src/record/index.ts': "export { leaf } from './a.ts';",
    'src/record/a.ts': `import 'node:crypto';\n${uses('../kernel/index.ts')}`,
    'src/loop/verify/index.ts': "export { leaf } from './a.ts';",
    'src/loop/verify/a.ts': uses('../../record/index.ts', '../../kernel/index.ts'),
    'src/adapters/index.ts': "export { leaf } from './a.ts';",
    'src/adapters/a.ts': `import 'node:fs';\n${uses('../kernel/index.ts')}\n${knows('../loop/verify/index.ts')}`,
    'src/compose.ts': uses('./adapters/index.ts', './loop/verify/index.ts'),
    'src/surfaces/cli/main.ts': uses('../../compose.ts', './words.ts'),
    'src/surfaces/cli/words.ts': LEAF,
  });
  expect(cruise.violations).toEqual([]);
});
