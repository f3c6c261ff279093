/** Writes a file so that readers, and a machine that loses power, see the old or the new content and never a half. */

import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../../kernel/index.ts';

/**
 * Writes through a temporary file in the same directory, fsync, rename, and fsync of the directory.
 *
 * @throws Failure `STORE_WRITE_FAILED` naming the path; the old content is untouched then
 */
export async function writeDurably(path: string, content: Uint8Array | string, mode: number): Promise<void> {
  const directory = dirname(path);
  const temporary = join(directory, `.countersign-${randomBytes(8).toString('hex')}`);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (thrown) {
    throw writeFailure(path, thrown);
  }
  try {
    await writeAndSync(temporary, content, mode);
    await rename(temporary, path);
    await syncDirectory(directory);
  } catch (thrown) {
    await rm(temporary, { force: true });
    throw writeFailure(path, thrown);
  }
}

function writeFailure(path: string, cause: unknown): Failure {
  return new Failure('STORE_WRITE_FAILED', `${path} can't be written: ${String(cause)}`, {
    hint: 'check free space and permissions; nothing was changed',
    where: path,
    cause,
  });
}

async function writeAndSync(path: string, content: Uint8Array | string, mode: number): Promise<void> {
  const handle = await open(path, 'wx', mode);
  try {
    await handle.writeFile(content);
    // The umask may have taken bits away from the mode asked for.
    await handle.chmod(mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the names in a directory durable: a renamed file is there after a crash only when its directory was synced. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
