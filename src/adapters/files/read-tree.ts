/** Lists everything below a directory, in an order that does not depend on the file system. */

import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, type FileEntry } from '../../kernel/index.ts';

const MOST_ENTRIES = 200_000;

/**
 * Reads a tree without following links.
 *
 * @param skip  prunes a relative path and all that is below it
 * @returns entries ordered by path, by UTF-16 code units
 * @throws Failure `CONFIG_INVALID` on sockets, devices and pipes, which have no bytes to seal, and beyond 200 000 entries
 */
export async function readTree(directory: string, skip: (path: string) => boolean): Promise<readonly FileEntry[]> {
  const entries: FileEntry[] = [];
  const waiting = [''];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const name of await readdir(join(directory, next))) {
      const path = next === '' ? name : `${next}/${name}`;
      if (skip(path)) continue;
      const entry = await describe(directory, path);
      entries.push(entry);
      if (entry.kind === 'directory') waiting.push(path);
    }
    if (entries.length > MOST_ENTRIES) throw unsealable(directory, `it has more than ${MOST_ENTRIES} entries`);
  }
  return entries.sort((left, right) => (left.path < right.path ? -1 : 1));
}

async function describe(directory: string, path: string): Promise<FileEntry> {
  const full = join(directory, path);
  const found = await lstat(full);
  if (found.isDirectory()) return { kind: 'directory', path };
  if (found.isSymbolicLink()) return { kind: 'link', path, linksTo: await readlink(full) };
  if (found.isFile()) {
    return { kind: 'file', path, sizeBytes: found.size, isExecutable: (found.mode & 0o100) !== 0 };
  }
  throw unsealable(full, 'it is a socket, a device or a pipe');
}

function unsealable(path: string, why: string): Failure {
  return new Failure('CONFIG_INVALID', `${path} can't be sealed: ${why}`, {
    hint: 'name a directory that holds only what the change needs',
    where: path,
  });
}
