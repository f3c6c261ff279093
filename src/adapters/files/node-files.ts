/** The file system. Absence is an answer; other trouble is a failure that names the path. */

import { constants, type Stats } from 'node:fs';
import {
  chmod,
  copyFile,
  type FileHandle,
  lstat,
  mkdir,
  mkdtemp,
  open,
  realpath,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, type FileStat, type Files, type Sha256Hex } from '../../kernel/index.ts';
import { digestFile } from './digest-file.ts';
import { readTree } from './read-tree.ts';
import { writeDurably } from './write-durably.ts';

const PRIVATE_DIRECTORY = 0o700;

/** Opens the machine's file system. */
export function nodeFiles(): Files {
  return {
    read,
    digest,
    write: writeDurably,
    stat: (path) => unlessMissing(path, async () => describe(await lstat(path))),
    realPath: (path) => unlessMissing(path, () => realpath(path)),
    tree: readTree,
    makeTemporary,
    makeDirectory: async (path, mode) => {
      await named(path, () => mkdir(path, { recursive: true, mode }));
    },
    link: (path, linksTo) => named(path, () => symlink(linksTo, path)),
    copy,
    remove: (path) => named(path, () => rm(path, { recursive: true, force: true })),
  };
}

async function read(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  return await opened(path, maxBytes, async (handle) => {
    const { buffer, byteOffset, byteLength } = await handle.readFile();
    if (byteLength > maxBytes) throw tooLarge(path, byteLength, maxBytes);
    return new Uint8Array(buffer, byteOffset, byteLength);
  });
}

async function digest(path: string, maxBytes: number): Promise<Sha256Hex | undefined> {
  return await opened(path, maxBytes, async (handle) => {
    const found = await digestFile(handle, maxBytes);
    if (found === undefined) throw tooLarge(path, (await handle.stat()).size, maxBytes);
    return found;
  });
}

async function opened<T>(
  path: string,
  maxBytes: number,
  take: (handle: FileHandle) => Promise<T>,
): Promise<T | undefined> {
  return await unlessMissing(path, async () => {
    const handle = await open(path, constants.O_RDONLY);
    try {
      const { size } = await handle.stat();
      if (size > maxBytes) throw tooLarge(path, size, maxBytes);
      return await take(handle);
    } finally {
      await handle.close();
    }
  });
}

async function makeTemporary(parent: string, prefix: string): Promise<string> {
  return await named(parent, async () => {
    await mkdir(parent, { recursive: true, mode: PRIVATE_DIRECTORY });
    return await mkdtemp(join(parent, prefix));
  });
}

async function copy(from: string, to: string): Promise<void> {
  await named(from, async () => {
    const { mode } = await stat(from);
    await copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    await chmod(to, mode & 0o777);
  });
}

function describe(found: Stats): FileStat {
  const kind = found.isFile() ? 'file' : found.isDirectory() ? 'directory' : found.isSymbolicLink() ? 'link' : 'other';
  return {
    kind,
    sizeBytes: found.size,
    mode: found.mode & 0o7777,
    ownerId: found.uid,
    modifiedAtMs: found.mtimeMs,
  };
}

async function unlessMissing<T>(path: string, act: () => Promise<T>): Promise<T | undefined> {
  return await named(path, async () => {
    try {
      return await act();
    } catch (thrown) {
      if (hasCode(thrown, 'ENOENT') || hasCode(thrown, 'ENOTDIR')) return undefined;
      throw thrown;
    }
  });
}

async function named<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    throw new Failure('CONFIG_INVALID', `${path} can't be used: ${reason(thrown)}`, {
      hint: 'check that the path exists and that you may read or write it',
      where: path,
      cause: thrown,
    });
  }
}

function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code;
}

function reason(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
}

function tooLarge(path: string, sizeBytes: number, maxBytes: number): Failure {
  return new Failure('CONFIG_INVALID', `${path} has ${sizeBytes} bytes, at most ${maxBytes} are read`, {
    hint: 'point to a smaller file',
    where: path,
  });
}
