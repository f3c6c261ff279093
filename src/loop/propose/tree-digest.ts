/** The digest of a directory's files, for drivers that don't tell what their source is. */

import { canonicalJson, type Json } from '../../kernel/index.ts';
import type { ProposeParts } from './propose-parts.ts';

const MOST_FILE_BYTES = 64 * 1024 * 1024;
// What tools themselves leave beside the sources, and what changes without anybody changing the source.
const LEFT_OUT: ReadonlySet<string> = new Set(['.git', '.terraform', 'node_modules']);
const STATE_FILE = /(?:^|\/)[^/]*\.tfstate(?:\.[^/]*)?$/;

/** Digests names, modes and bytes of every file below a directory. */
export async function treeDigest(parts: Pick<ProposeParts, 'files' | 'hash'>, directory: string): Promise<string> {
  const tree = await parts.files.tree(directory, (path) => LEFT_OUT.has(path.slice(path.lastIndexOf('/') + 1)));
  const listed: Json[] = [];
  for (const entry of tree) {
    if (entry.kind !== 'file') listed.push({ ...entry });
    else if (!STATE_FILE.test(entry.path)) {
      const content = await parts.files.read(`${directory}/${entry.path}`, MOST_FILE_BYTES);
      const digest = content === undefined ? null : parts.hash(content);
      listed.push({ path: entry.path, isExecutable: entry.isExecutable, digest });
    }
  }
  return parts.hash(canonicalJson(listed));
}
