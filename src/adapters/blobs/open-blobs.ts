/** Keeps blobs as files named by their digest: `ab/cdef…` below one directory. */

import { type FileHandle, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure, type HashFunction, invariant, type Sha256Hex } from '../../kernel/index.ts';
import type { BlobStore } from '../../record/index.ts';
import { syncDirectory, writeDurably } from '../files/write-durably.ts';
import { sha256 } from '../hash/sha256.ts';

/** The largest blob. */
const MOST_BYTES = 256 * 1024 * 1024;
const OVERWRITE_BYTES = 1024 * 1024;
/** What the system says of a path that is not there. */
const ABSENT: readonly string[] = ['ENOENT', 'ENOTDIR'];

/** Where the files are, and how they are named. */
type Shelf = { readonly root: string; readonly hash: HashFunction };

/**
 * Opens a directory of blobs; it is made, 0700, when the first blob is put. Files are 0600.
 *
 * Several processes may use it at once: a blob is written aside and renamed, so it is there as a whole or not at all.
 *
 * `destroy` overwrites a file before it removes it. On copy-on-write file systems and flash the old bytes may stay on the
 * medium: that is why only encrypted blobs bear secrets.
 */
export function openBlobs(parts: { readonly directory: string }): BlobStore {
  const shelf = { root: parts.directory, hash: sha256 };
  return {
    put: (content) => put(shelf, content),
    get: (digest) => get(shelf, digest),
    has: async (digest) => (await sizeOf(pathOf(shelf, digest))) !== undefined,
    destroy: (digest) => destroy(pathOf(shelf, digest)),
  };
}

function pathOf({ root }: Shelf, digest: Sha256Hex): string {
  // A digest comes from events and manifests; nothing else may become a path.
  invariant(/^[0-9a-f]{64}$/.test(digest), 'a blob is named by its SHA-256');
  return join(root, digest.slice(0, 2), digest.slice(2));
}

async function put(shelf: Shelf, content: Uint8Array): Promise<Sha256Hex> {
  if (content.byteLength > MOST_BYTES) {
    throw new Failure('BLOB_TOO_LARGE', `${content.byteLength} bytes are more than one blob can have (${MOST_BYTES})`, {
      hint: 'keep the large part elsewhere and record its digest',
    });
  }
  const digest = shelf.hash(content);
  const path = pathOf(shelf, digest);
  const known = await bytesAt(path);
  if (known !== undefined && shelf.hash(known) === digest) {
    // Whoever wrote it may have died before its name was durable.
    await syncDirectory(dirname(path));
    return digest;
  }
  await writeDurably(path, content, 0o600);
  await syncDirectory(shelf.root);
  return digest;
}

async function get(shelf: Shelf, digest: Sha256Hex): Promise<Uint8Array> {
  const path = pathOf(shelf, digest);
  const content = await bytesAt(path);
  if (content === undefined) {
    throw new Failure('BLOB_MISSING', `the blob ${digest} is missing`, {
      hint: 'restore it from a backup or an export; countersign record verify names every entry that needs it',
      where: path,
    });
  }
  if (shelf.hash(content) === digest) return content;
  throw new Failure('BLOB_CORRUPT', `the blob ${digest} is not what was recorded`, {
    hint: 'its bytes were changed; restore it from a backup or an export, and find out by whom',
    where: path,
  });
}

async function bytesAt(path: string): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (thrown) {
    return absence(path, thrown);
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (thrown) {
    return absence(path, thrown);
  }
}

function absence(path: string, thrown: unknown): undefined {
  if (thrown instanceof Error && 'code' in thrown && ABSENT.includes(String(thrown.code))) return undefined;
  throw new Failure('STORE_UNREADABLE', 'a blob could not be read', {
    hint: 'check the disk and the permissions of its directory',
    where: path,
    cause: thrown,
  });
}

async function destroy(path: string): Promise<void> {
  const sizeBytes = await sizeOf(path);
  if (sizeBytes === undefined) return;
  try {
    await overwrite(path, sizeBytes);
    await rm(path, { force: true });
    await syncDirectory(dirname(path));
  } catch (cause) {
    throw new Failure('STORE_WRITE_FAILED', 'a blob could not be destroyed', {
      hint: 'its bytes may still be there; check the disk and the permissions of its directory, then try again',
      where: path,
      cause,
    });
  }
}

async function overwrite(path: string, sizeBytes: number): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await writeZeros(handle, sizeBytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeZeros(handle: FileHandle, sizeBytes: number): Promise<void> {
  const zeros = new Uint8Array(OVERWRITE_BYTES);
  for (let at = 0; at < sizeBytes; at += zeros.length) {
    await handle.write(zeros, 0, Math.min(zeros.length, sizeBytes - at), at);
  }
}
