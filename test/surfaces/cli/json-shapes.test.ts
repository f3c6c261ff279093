import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');

test('[CLI-11] every document that a command prints has its row in the reference', () => {
  const files = ['run', 'view'].flatMap((folder) => globSync(`src/surfaces/cli/${folder}/*.ts`, { cwd: ROOT }));
  const printed = [...files, 'src/surfaces/cli/perform.ts'].flatMap((path) =>
    [...readFileSync(join(ROOT, path), 'utf8').matchAll(/schema: '(countersign\.[a-z-]+\/\d+)'/g)].map(
      ([, name = '']) => name,
    ),
  );
  const reference = readFileSync(join(ROOT, 'docs/reference/json.md'), 'utf8');
  const described = [...reference.matchAll(/^\| (`countersign[^|]*) \|/gm)].flatMap(([, names = '']) =>
    names.replaceAll('`', '').split(', '),
  );
  expect(new Set(printed).size).toBeGreaterThan(20);
  expect([...new Set(printed)].filter((name) => !described.includes(name))).toEqual([]);
});
