import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { sshKeygenSigner } from '../../../src/adapters/ssh/ssh-keygen-signer.ts';
import { needs } from '../../real/needs.ts';
import { keyDirectory, type RealKey, realKey, realVerify } from '../../support/real-ssh-keys.ts';

const directory = keyDirectory();
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const sshTest = needs('ssh-keygen');
const environment = { PATH: process.env['PATH'] ?? '', HOME: directory };

function signer(more: Readonly<Record<string, string>> = {}): {
  readonly told: string[];
  readonly sign: ReturnType<typeof sshKeygenSigner>['sign'];
} {
  const told: string[] = [];
  const { sign } = sshKeygenSigner({ environment: { ...environment, ...more }, tell: (text) => told.push(text) });
  return { told, sign };
}

function request(key: Pick<RealKey, 'file'>, text = 'a text') {
  return { text, namespace: 'countersign', keyFile: key.file } as const;
}

sshTest('[APPROVE-17, L4] signs a text with a key in a file, and the real program takes it', async () => {
  const key = realKey(directory, 'plain', 'ed25519');
  const armored = await signer().sign(request(key, 'ä text\nof two lines'));
  expect(realVerify(directory, key.line, armored, 'ä text\nof two lines')).toBe(true);
  expect(realVerify(directory, key.line, armored, 'another text')).toBe(false);
  const forTrust = await signer().sign({ ...request(key), namespace: 'countersign-trust' });
  expect(realVerify(directory, key.line, forTrust, 'a text')).toBe(false);
});

sshTest('[APPROVE-17] an old signature beside the key or the text is neither read nor written', async () => {
  const key = realKey(directory, 'beside', 'ed25519');
  writeFileSync(`${key.file}.sig`, 'old');
  const first = await signer().sign(request(key, 'one'));
  const second = await signer().sign(request(key, 'two'));
  expect(first).not.toBe(second);
  expect(realVerify(directory, key.line, second, 'two')).toBe(true);
});

sshTest('[APPROVE-17] a passphrase is asked for outside of the text’s way, and a wrong one signs nothing', async () => {
  const key = realKey(directory, 'locked', 'ed25519');
  execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'open sesame', '-f', key.file]);
  const asks = (name: string, answer: string): Readonly<Record<string, string>> => {
    const script = join(directory, name);
    writeFileSync(script, `#!/bin/sh\necho '${answer}'\n`, { mode: 0o700 });
    return { SSH_ASKPASS: script, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0' };
  };
  const armored = await signer(asks('right', 'open sesame')).sign(request(key));
  expect(realVerify(directory, key.line, armored, 'a text')).toBe(true);
  await expect(signer(asks('wrong', 'guess')).sign(request(key))).rejects.toMatchObject({
    code: 'KEY_UNREADABLE',
    where: key.file,
    message: expect.stringMatching(/^ssh-keygen did not sign: .*incorrect passphrase/),
  });
});

sshTest('[APPROVE-17] a .pub file stands for the key beside it, or for the one that the agent holds', async () => {
  const key = realKey(directory, 'agent', 'ed25519');
  const socket = join(directory, 'agent.sock');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  try {
    const until = Date.now() + 20_000;
    while (!existsSync(socket)) {
      expect(Date.now()).toBeLessThan(until);
      await new Promise((resolve) => setImmediate(resolve));
    }
    execFileSync('ssh-add', ['-q', key.file], { env: { ...environment, SSH_AUTH_SOCK: socket }, stdio: 'ignore' });
    const beside = await signer().sign({ ...request(key), keyFile: `${key.file}.pub` });
    expect(realVerify(directory, key.line, beside, 'a text')).toBe(true);
    rmSync(key.file);
    const armored = await signer({ SSH_AUTH_SOCK: socket }).sign({ ...request(key), keyFile: `${key.file}.pub` });
    expect(realVerify(directory, key.line, armored, 'a text')).toBe(true);
  } finally {
    agent.kill('SIGTERM');
  }
});

sshTest('[APPROVE-17, L13] what can not be signed is a failure that names the key and says what to do', async () => {
  const { sign, told } = signer();
  await expect(sign({ ...request({ file: join(directory, 'absent') }) })).rejects.toMatchObject({
    code: 'KEY_UNREADABLE',
    where: join(directory, 'absent'),
    message: expect.stringMatching(/No such file/),
    hint: expect.stringMatching(/^nothing was approved; check the key file/),
  });
  expect(told.join('')).toMatch(/No such file/);
  mkdirSync(join(directory, 'folder'));
  await expect(sign(request({ file: join(directory, 'folder') }))).rejects.toMatchObject({
    exitCode: expect.any(Number),
  });
});

test('[APPROVE-17, L13] a machine without ssh-keygen is told to install it', async () => {
  const { sign } = sshKeygenSigner({ environment: { PATH: directory }, tell: () => undefined });
  await expect(sign(request({ file: '/x' }))).rejects.toMatchObject({
    code: 'TOOL_MISSING',
    hint: 'install the OpenSSH client',
  });
});
