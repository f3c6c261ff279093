import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeFiles } from '../../../src/adapters/files/node-files.ts';
import { fileTrustVersions } from '../../../src/adapters/trust/file-trust-versions.ts';
import type { TrustVersion, TrustVersions } from '../../../src/loop/approve/index.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'countersign-versions-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const directory = (): string => join(home, 'trust-history');
const versions = (): TrustVersions => fileTrustVersions(nodeFiles(), directory());

const FIRST: TrustVersion = {
  version: 7,
  bytes: Buffer.from([0, 255, 10]),
  signatureArmored: undefined,
  isFirstUse: true,
  acceptedAtMs: 1,
  afterSeq: undefined,
  prev: '0'.repeat(64),
  hash: 'a'.repeat(64),
};
const SECOND: TrustVersion = { ...FIRST, signatureArmored: 'sig\n', isFirstUse: false, afterSeq: 0, prev: FIRST.hash };

test('[APPROVE-21] versions read back to the byte and in order, and none is ever written over', async () => {
  expect(await versions().all()).toEqual([]);
  expect(await versions().newest()).toBe(undefined);
  await versions().append(FIRST);
  await versions().append(SECOND);
  for (let count = 2; count < 11; count += 1) await versions().append({ ...SECOND, version: count });
  expect(readdirSync(directory()).slice(0, 2)).toEqual(['00000001.json', '00000002.json']);
  const all = await versions().all();
  expect(all.slice(0, 2)).toEqual([FIRST, SECOND]);
  expect(all).toHaveLength(11);
  expect(await versions().newest()).toEqual({ ...SECOND, version: 10 });
  expect(statSync(join(directory(), '00000001.json')).mode & 0o777).toBe(0o600);
});

test('[APPROVE-21, L9] a version that can not be read is a failure, and never left out', async () => {
  await versions().append(FIRST);
  const path = join(directory(), '00000001.json');
  for (const content of ['', '{', '{}', JSON.stringify({ schema: 'countersign.trust-version/1' })]) {
    writeFileSync(path, content);
    for (const ask of [() => versions().all(), () => versions().newest()]) {
      await expect(ask()).rejects.toMatchObject({ code: 'TRUST_HISTORY_BROKEN', where: path });
    }
  }
});

test('[APPROVE-21, L15] a history that other accounts can change is not believed', async () => {
  await versions().append(FIRST);
  const path = join(directory(), '00000001.json');
  for (const place of [path, directory(), home]) {
    const { mode } = statSync(place);
    chmodSync(place, mode | 0o020);
    await expect(versions().all()).rejects.toMatchObject({ code: 'KEY_EXPOSED', where: place });
    chmodSync(place, mode);
  }
  expect(await versions().all()).toEqual([FIRST]);
});
