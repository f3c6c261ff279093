/** A file with a secret: made once, durably, and refused when anybody else could have read it. */

import { type FileHandle, link, lstat, mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../../kernel/index.ts';
import { systemRandom } from '../random/system-random.ts';

const OTHERS = 0o077;
const LARGEST_BYTES = 64 * 1024;

/**
 * Reads a private file; makes it first when there is none. When two processes make it at once, both get the same one.
 *
 * @param make  the content of a new file
 * @throws Failure `KEY_EXPOSED` when file or directory is open to group or others, belongs to another user, or is a link;
 *   `KEY_UNREADABLE`, `STORE_WRITE_FAILED`
 */
export async function keepPrivateFile(path: string, make: () => Promise<string>): Promise<string> {
  await attempt(path, 'STORE_WRITE_FAILED', () => mkdir(dirname(path), { recursive: true, mode: 0o700 }));
  await refuseExposed(dirname(path), 'directory');
  if (!(await isThere(path))) await attempt(path, 'STORE_WRITE_FAILED', async () => createOnce(path, await make()));
  await refuseExposed(path, 'file');
  return await attempt(path, 'KEY_UNREADABLE', () => readText(path));
}

async function refuseExposed(path: string, kind: 'file' | 'directory'): Promise<void> {
  const found = await attempt(path, 'KEY_UNREADABLE', () => lstat(path));
  const isRight = kind === 'file' ? found.isFile() : found.isDirectory();
  if (!isRight) throw exposed(path, `it is not a ${kind} of its own`);
  if ((found.mode & OTHERS) !== 0) throw exposed(path, `its mode is ${(found.mode & 0o777).toString(8)}`);
  const own = process.getuid?.();
  if (own !== undefined && found.uid !== own) throw exposed(path, `it belongs to user ${found.uid}, this is ${own}`);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (thrown) {
    if (hasCode(thrown, 'ENOENT')) return false;
    throw failure('KEY_UNREADABLE', path, thrown);
  }
}

// A hard link either makes the name or finds it taken: no process ever sees half a key, and none replaces another's.
async function createOnce(path: string, content: string): Promise<void> {
  const temporary = join(dirname(path), `.new-${Buffer.from(systemRandom().bytes(8)).toString('hex')}`);
  try {
    await writeSynced(await open(temporary, 'wx', 0o600), content);
    await link(temporary, path);
  } catch (thrown) {
    if (!hasCode(thrown, 'EEXIST')) throw thrown;
  } finally {
    await rm(temporary, { force: true });
  }
  await syncDirectory(dirname(path));
}

async function writeSynced(handle: FileHandle, content: string): Promise<void> {
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readText(path: string): Promise<string> {
  const handle = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(LARGEST_BYTES), 0, LARGEST_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

type Trouble = 'KEY_UNREADABLE' | 'STORE_WRITE_FAILED';

async function attempt<T>(path: string, code: Trouble, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    throw failure(code, path, thrown);
  }
}

function failure(code: Trouble, path: string, cause: unknown): Failure {
  if (cause instanceof Failure) return cause;
  const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'it failed';
  return new Failure(code, `the key file ${path} can't be ${code === 'KEY_UNREADABLE' ? 'read' : 'made'}: ${why}`, {
    hint: 'check that its directory is there, is yours, and has space left',
    where: path,
  });
}

function exposed(path: string, why: string): Failure {
  return new Failure('KEY_EXPOSED', `${path} could be read or replaced by others: ${why}`, {
    hint: 'take the key out of use if others could have read it; else chmod 700 the directory and 600 the file',
    where: path,
  });
}

function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code;
}
