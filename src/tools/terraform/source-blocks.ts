/** Reads the sources in a private copy that the tool loads, in the order in which it merges them. */

import type { Files } from '../../kernel/index.ts';
import type { ToolName } from './choose-tool.ts';
import { loadedFiles } from './configuration-files.ts';
import { type HclBlock, hclBlocks } from './hcl-blocks.ts';
import { jsonBlocks } from './json-blocks.ts';
import type { PrivateCopy } from './private-copy.ts';

const SOURCE_BYTES = 4 * 1024 * 1024;

/** The configuration files of every module in a copy, absolute; those that override others come last. */
export async function sourcePaths(files: Files, copy: PrivateCopy, tool: ToolName): Promise<readonly string[]> {
  const skipped = (path: string): boolean => `${copy.base}/${path}` === `${copy.tree}/.terraform/providers`;
  const found = (await files.tree(copy.base, skipped)).filter(({ kind }) => kind !== 'directory');
  const paths = found.map(({ path }) => `${copy.base}/${path}`);
  return loadedFiles(tool, paths).toSorted(overridesLast);
}

/** The text of one of them; `undefined` beyond 4 MiB, and where a link leads to what is not sealed. */
export async function sourceText(files: Files, copy: PrivateCopy, path: string): Promise<string | undefined> {
  const real = await files.realPath(path);
  const base = await files.realPath(copy.base);
  if (real === undefined || !real.startsWith(`${base}/`)) return undefined;
  const stat = await files.stat(real);
  if (stat?.kind !== 'file' || stat.sizeBytes > SOURCE_BYTES) return undefined;
  return new TextDecoder().decode(await files.read(real, SOURCE_BYTES));
}

/** The blocks of a text in the syntax that its file's name tells; `undefined` when it is not understood. */
export function sourceBlocks(path: string, text: string): readonly HclBlock[] | undefined {
  return path.endsWith('.json') ? jsonBlocks(text) : hclBlocks(text);
}

// As Terraform merges them: files that override come last, each kind by name.
function overridesLast(left: string, right: string): number {
  const rank = (path: string): number => (/[/_]override\.(?:tf|tofu)(?:\.json)?$/.test(path) ? 1 : 0);
  return rank(left) - rank(right) || (left < right ? -1 : 1);
}
