/** A directory as it is sealed: every entry by name, kind and bytes, so that a private copy can be proven to be the same. */

import {
  digestJson,
  Failure,
  type FileEntry,
  type Files,
  type HashFunction,
  type JsonObject,
  type Sha256Hex,
  visibleLine,
} from '../../kernel/index.ts';
import { whyUnsafeLink } from './entry-path.ts';

/** One sealed entry. `path` is relative and `/`-separated; a link never leaves the directory. */
export type SealedEntry =
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'link'; readonly path: string; readonly linksTo: string }
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly digest: Sha256Hex;
      readonly sizeBytes: number;
      readonly isExecutable: boolean;
    };

/** A whole directory: entries ordered by path in UTF-16 code units, each path once. */
export type SealedDirectory = { readonly entries: readonly SealedEntry[] };

/** What sealing reads with. */
export type DirectoryParts = { readonly files: Files; readonly hash: HashFunction };

/** The bounds of a sealed directory: entries, bytes of one file, bytes together (a blob holds 256 MiB). */
export const DIRECTORY_BOUNDS: { readonly entries: number; readonly fileBytes: number; readonly totalBytes: number } = {
  entries: 20_000,
  fileBytes: 64 * 1024 * 1024,
  totalBytes: 192 * 1024 * 1024,
};

/**
 * Reads a directory's names, kinds and bytes, so that what was planned in it can be told from what lies there later.
 *
 * @param directory  absolute and link-free
 * @param skip  prunes by relative path
 * @throws Failure `BLOB_TOO_LARGE` beyond 20 000 entries, 64 MiB a file or 192 MiB together
 * @throws Failure `CONFIG_INVALID` on a link that leaves the directory
 * @throws Failure `CONTENTION` when a file vanished while it was read
 */
export async function readDirectory(
  parts: DirectoryParts,
  directory: string,
  skip: (path: string) => boolean,
): Promise<SealedDirectory> {
  const tree = await parts.files.tree(directory, skip);
  refuseOversize(directory, tree);
  const entries: SealedEntry[] = [];
  for (const entry of tree) entries.push(await sealEntry(parts, directory, entry));
  return { entries: entries.sort((left, right) => (left.path < right.path ? -1 : 1)) };
}

/** Names a sealed directory by everything in it; two directories have one name only when they are the same. */
export function directoryDigest(hash: HashFunction, sealed: SealedDirectory): Sha256Hex {
  return digestJson(hash, sealed.entries.map(asJson));
}

function asJson(entry: SealedEntry): JsonObject {
  return { ...entry };
}

async function sealEntry(parts: DirectoryParts, directory: string, entry: FileEntry): Promise<SealedEntry> {
  if (entry.kind === 'directory') return { kind: 'directory', path: entry.path };
  if (entry.kind === 'link') return sealLink(directory, entry.path, entry.linksTo);
  const content = await parts.files.read(`${directory}/${entry.path}`, DIRECTORY_BOUNDS.fileBytes);
  if (content === undefined) throw vanished(directory, entry.path);
  return {
    kind: 'file',
    path: entry.path,
    digest: parts.hash(content),
    sizeBytes: content.byteLength,
    isExecutable: entry.isExecutable,
  };
}

function sealLink(directory: string, path: string, linksTo: string): SealedEntry {
  const why = whyUnsafeLink(path, linksTo);
  if (why === undefined) return { kind: 'link', path, linksTo };
  throw new Failure('CONFIG_INVALID', `the link ${visibleLine(path)} ${why}`, {
    hint: 'replace the link by the file that it points to',
    where: visibleLine(`${directory}/${path}`),
  });
}

function refuseOversize(directory: string, tree: readonly FileEntry[]): void {
  const { entries, fileBytes, totalBytes } = DIRECTORY_BOUNDS;
  if (tree.length > entries) throw tooLarge(directory, `${tree.length} entries, at most ${entries} can be sealed`);
  let total = 0;
  for (const entry of tree) {
    if (entry.kind !== 'file') continue;
    if (entry.sizeBytes > fileBytes) {
      const where = `${directory}/${entry.path}`;
      throw tooLarge(where, `${entry.sizeBytes} bytes, at most ${fileBytes} can be sealed in one file`);
    }
    total += entry.sizeBytes;
  }
  if (total > totalBytes) throw tooLarge(directory, `${total} bytes, at most ${totalBytes} can be sealed together`);
}

function tooLarge(where: string, why: string): Failure {
  return new Failure('BLOB_TOO_LARGE', `${visibleLine(where)} has ${why}`, {
    hint: 'keep build results and data out of the directory that is proposed',
    where: visibleLine(where),
  });
}

function vanished(directory: string, path: string): Failure {
  return new Failure('CONTENTION', `${visibleLine(path)} changed while the directory was being sealed`, {
    hint: 'propose again when nothing writes to the directory',
    where: visibleLine(`${directory}/${path}`),
  });
}
