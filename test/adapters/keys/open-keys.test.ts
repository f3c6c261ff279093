import { spawn } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openKeys } from '../../../src/adapters/keys/open-keys.ts';
import { ageSealer, openSealed } from '../../../src/adapters/sealing/age.ts';

function makeDirectory(): string {
  const parent = mkdtempSync(join(tmpdir(), 'countersign-keys-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  return join(parent, 'keys');
}

test('[EXECUTE-18, L2] keys are made once, private, and stay the same', async () => {
  const directory = makeDirectory();
  const first = await openKeys(directory, 'runner-one');
  const second = await openKeys(directory, 'runner-one');
  expect(second.signer.key).toBe(first.signer.key);
  expect(second.recipient).toBe(first.recipient);
  expect(second.ageIdentity).toBe(first.ageIdentity);
  expect(first.signer.name).toBe('runner-one');
  expect(first.recipient).toMatch(/^age1/);
  expect(first.ageIdentity).toMatch(/^AGE-SECRET-KEY-/);
  expect(readdirSync(directory).sort()).toEqual(['sealing.age', 'signing.pem']);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
  const other = await openKeys(makeDirectory(), 'verifier');
  expect(other.signer.key).not.toBe(first.signer.key);
  expect(other.recipient).not.toBe(first.recipient);
});

test('[EXECUTE-18] what it signs and opens is what its public halves say', async () => {
  const { signer, ageIdentity, recipient } = await openKeys(makeDirectory(), 'r');
  const key = createPublicKey({ key: Buffer.from(signer.key, 'base64'), format: 'der', type: 'spki' });
  expect(key.asymmetricKeyType).toBe('ed25519');
  const signature = Buffer.from(await signer.sign('tëxt'), 'base64');
  expect(verify(null, Buffer.from('tëxt'), key, signature)).toBe(true);
  expect(verify(null, Buffer.from('text'), key, signature)).toBe(false);
  const sealed = await ageSealer().seal(Buffer.from('secret'), [recipient]);
  expect(Buffer.from(await openSealed(ageIdentity).open(sealed)).toString()).toBe('secret');
});

test.each([
  ['directory', '.', 0o750],
  ['directory', '.', 0o701],
  ['file', 'signing.pem', 0o640],
  ['file', 'signing.pem', 0o604],
  ['file', 'sealing.age', 0o620],
] as const)('[EXECUTE-18, L11] a %s %s with mode %o is refused, and no secret is told', async (_kind, name, mode) => {
  const directory = makeDirectory();
  const { ageIdentity } = await openKeys(directory, 'r');
  chmodSync(join(directory, name), mode);
  const thrown = await openKeys(directory, 'r').catch((failure: unknown) => failure);
  expect(thrown).toMatchObject({
    code: 'KEY_EXPOSED',
    message: expect.stringContaining(`its mode is ${mode.toString(8)}`),
  });
  expect(JSON.stringify(thrown)).not.toContain(ageIdentity);
});

test('[EXECUTE-18] a key that is a link, or a directory in its place, is refused', async () => {
  const linked = makeDirectory();
  await openKeys(linked, 'r');
  const elsewhere = join(linked, '..', 'elsewhere.pem');
  writeFileSync(elsewhere, readFileSync(join(linked, 'signing.pem')), { mode: 0o600 });
  rmSync(join(linked, 'signing.pem'));
  symlinkSync(elsewhere, join(linked, 'signing.pem'));
  await expect(openKeys(linked, 'r')).rejects.toMatchObject({ code: 'KEY_EXPOSED' });

  const blocked = makeDirectory();
  mkdirSync(join(blocked, 'signing.pem'), { recursive: true, mode: 0o700 });
  chmodSync(blocked, 0o700);
  await expect(openKeys(blocked, 'r')).rejects.toMatchObject({ code: 'KEY_EXPOSED' });
});

test('[EXECUTE-18, L11] a file that is no key, or a key of another kind, is refused without quoting it', async () => {
  const wrong = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  for (const [name, content, why] of [
    ['signing.pem', 'topsecret', 'it is not a private key in PEM form'],
    ['signing.pem', wrong.toString(), 'it is not an Ed25519 key'],
    ['sealing.age', 'topsecret', 'it is not an age identity'],
  ] as const) {
    const directory = makeDirectory();
    await openKeys(directory, 'r');
    writeFileSync(join(directory, name), content);
    const thrown = await openKeys(directory, 'r').catch((failure: unknown) => failure);
    expect(thrown).toMatchObject({ code: 'KEY_UNREADABLE', message: expect.stringContaining(why) });
    expect(String(thrown)).not.toContain('topsecret');
  }
});

test('[EXECUTE-18] a directory that can’t be made is a failure that names it', async () => {
  const directory = makeDirectory();
  writeFileSync(directory, 'in the way');
  await expect(openKeys(directory, 'r')).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
});

test('[EXECUTE-18] processes that make the keys at once get the same ones', async () => {
  const directory = makeDirectory();
  const source = join(import.meta.dirname, '../../../src/adapters/keys/open-keys.ts');
  const program = `const { openKeys } = await import(${JSON.stringify(source)});
const keys = await openKeys(${JSON.stringify(directory)}, 'r'); process.stdout.write(keys.signer.key + ' ' + keys.recipient);`;
  const said = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let text = '';
      child.stdout.on('data', (piece: Buffer) => {
        text += piece.toString();
      });
      await new Promise((resolve) => child.once('close', resolve));
      return text;
    }),
  );
  const own = await openKeys(directory, 'r');
  expect(new Set(said)).toEqual(new Set([`${own.signer.key} ${own.recipient}`]));
  expect(readdirSync(directory).sort()).toEqual(['sealing.age', 'signing.pem']);
});
