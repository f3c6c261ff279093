import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeFiles, sha256 } from '../../../src/adapters/index.ts';
import { needs } from '../../real/needs.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const PIECE_BYTES = 1024 * 1024;

test.each([0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES + 7])(
  '[DIRECTORY-02, L3] a file of %i bytes has the digest of the whole, read in pieces',
  async (sizeBytes) => {
    const path = join(temporaryDirectory(), 'file');
    const content = Uint8Array.from({ length: sizeBytes }, (_, index) => index % 251);
    writeFileSync(path, content);
    expect(await nodeFiles().digest(path, sizeBytes)).toBe(sha256(content));
    expect(await nodeFiles().read(path, sizeBytes)).toEqual(content);
  },
);

test('[DIRECTORY-04, L9] what is longer than it may be is a failure, and what is not there is an answer', async () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'file');
  writeFileSync(path, 'four');
  for (const ask of ['read', 'digest'] as const) {
    await expect(nodeFiles()[ask](path, 3)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: `${path} has 4 bytes, at most 3 are read`,
      where: path,
    });
    expect(await nodeFiles()[ask](path, 4)).toBeDefined();
    expect(await nodeFiles()[ask](join(directory, 'none'), 4)).toBeUndefined();
    expect(await nodeFiles()[ask](join(path, 'below'), 4)).toBeUndefined();
    mkdirSync(join(directory, ask));
    await expect(nodeFiles()[ask](join(directory, ask), 4096 * 16)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  }
});

needs('linux')('[DIRECTORY-04, L9] a file that says it is empty and is not is bounded by what was read', async () => {
  // The kernel tells no size of these; what they hold is longer than nothing.
  await expect(nodeFiles().digest('/proc/self/status', 10)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  await expect(nodeFiles().read('/proc/self/status', 10)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});
