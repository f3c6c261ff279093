import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeFiles } from '../../../src/adapters/files/node-files.ts';
import { fileTrustPin } from '../../../src/adapters/trust/file-trust-pin.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-pin-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const pin = () => fileTrustPin(nodeFiles(), join(directory, 'keys', 'trust-pin.json'));

test('[APPROVE-08] nothing is pinned at first; what is pinned is recalled to the byte, with its signature or without', async () => {
  expect(await pin().recall()).toBe(undefined);
  const bytes = Buffer.from([0, 255, 10, 13, 195, 164]);
  await pin().pin({ bytes, signatureArmored: undefined });
  expect(await pin().recall()).toEqual({ bytes, signatureArmored: undefined });
  await pin().pin({ bytes: Buffer.from('two'), signatureArmored: 'sig\n' });
  expect(await pin().recall()).toEqual({ bytes: Buffer.from('two'), signatureArmored: 'sig\n' });
  expect(readdirSync(join(directory, 'keys'))).toEqual(['trust-pin.json']);
  expect(statSync(join(directory, 'keys', 'trust-pin.json')).mode & 0o777).toBe(0o600);
});

test('[APPROVE-08, L9] a pin that can not be read is a failure and never a first use', async () => {
  await pin().pin({ bytes: Buffer.from('one'), signatureArmored: undefined });
  const path = join(directory, 'keys', 'trust-pin.json');
  for (const content of [
    '',
    '{',
    '{}',
    '{"schema":"countersign.trust-pin/1","trustBase64":"!","signatureArmored":null}',
  ]) {
    writeFileSync(path, content);
    await expect(pin().recall()).rejects.toMatchObject({ code: 'STORE_UNREADABLE', where: path });
  }
});

test('[APPROVE-08, L15] a pin that other accounts can change is not believed', async () => {
  await pin().pin({ bytes: Buffer.from('one'), signatureArmored: undefined });
  const path = join(directory, 'keys', 'trust-pin.json');
  chmodSync(path, 0o620);
  await expect(pin().recall()).rejects.toMatchObject({ code: 'KEY_EXPOSED', where: path });
  chmodSync(path, 0o600);
  chmodSync(join(directory, 'keys'), 0o702);
  await expect(pin().recall()).rejects.toMatchObject({ code: 'KEY_EXPOSED', where: join(directory, 'keys') });
  chmodSync(join(directory, 'keys'), 0o755);
  expect(await pin().recall()).toEqual({ bytes: Buffer.from('one'), signatureArmored: undefined });
});
