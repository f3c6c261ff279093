import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { parseSshKey, type SshKey } from '../../../../src/loop/approve/ssh/ssh-key.ts';
import { readSshSignature } from '../../../../src/loop/approve/ssh/ssh-signature.ts';
import { verifySshSignature } from '../../../../src/loop/approve/ssh/verify-ssh-signature.ts';
import { needs } from '../../../real/needs.ts';
import { keyDirectory, type RealKey, realKey, realVerify } from '../../../support/real-ssh-keys.ts';
import {
  armor,
  disarm,
  positive,
  softEd25519,
  softSkEcdsa,
  softSkEd25519,
  sshString,
} from '../../../support/soft-ssh-keys.ts';

const MESSAGE = '{"decision":"approve"}';
const directory = keyDirectory();
const sshTest = needs('ssh-keygen');
const keys = new Map<string, RealKey>();

const KINDS: Readonly<Record<string, readonly [type: string, bits: number | undefined]>> = {
  ed25519: ['ed25519', undefined],
  p256: ['ecdsa', 256],
  p384: ['ecdsa', 384],
  p521: ['ecdsa', 521],
  rsa: ['rsa', 3072],
  short: ['rsa', 2048],
};

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Made when it is first asked for: where there is no ssh-keygen, nothing asks. */
function real(name: string): RealKey {
  const [type = '', bits] = KINDS[name] ?? [];
  const key = keys.get(name) ?? realKey(directory, name, type, bits);
  keys.set(name, key);
  return key;
}

function keyOf(line: string): SshKey {
  const answer = parseSshKey(line);
  if (answer.kind === 'unreadable') throw new Error(answer.why);
  return answer.key;
}

/** What our reader and verifier together say of an armored signature. */
function verdict(line: string, armored: string, message = MESSAGE): string {
  const reading = readSshSignature(armored);
  if (reading.kind === 'unreadable') return `unreadable: ${reading.why}`;
  const { signature } = reading;
  const key = keyOf(line);
  if (Buffer.compare(signature.keyBlob, key.blob) !== 0) return 'another key';
  const check = verifySshSignature(key, signature, message);
  return check.kind === 'valid' ? `valid ${check.strength} ${signature.namespace}` : `invalid: ${check.why}`;
}

sshTest.each(['ed25519', 'p256', 'p384', 'p521', 'rsa'])(
  '[APPROVE-06, L4] a signature of the real ssh-keygen is verified here: %s',
  (name) => {
    const { line, sign, fingerprint } = real(name);
    const armored = sign(MESSAGE);
    expect(verdict(line, armored)).toBe('valid plain countersign');
    expect(verdict(line, armored, `${MESSAGE} `)).toBe('invalid: it does not fit the key and the text');
    expect(verdict(line, sign(MESSAGE, 'git'))).toBe('valid plain git');
    expect(verdict(line, armored.replaceAll('\n', '\r\n'))).toBe('valid plain countersign');
    expect(keyOf(line).fingerprint).toBe(fingerprint);
  },
);

sshTest('[APPROVE-06] both hashes that SSH offers are verified, with both RSA formats', () => {
  const soft = softEd25519();
  for (const hash of ['sha256', 'sha512'] as const) {
    const armored = soft.sign(MESSAGE, { hash });
    expect(verdict(soft.line, armored)).toBe('valid plain countersign');
    expect(realVerify(directory, soft.line, armored, MESSAGE)).toBe(true);
  }
});

sshTest('[APPROVE-06, L4] no single flipped bit of a real signature is accepted', () => {
  const { line, sign } = real('ed25519');
  const blob = disarm(sign(MESSAGE));
  let refused = 0;
  for (let bit = 0; bit < blob.length * 8; bit += 1) {
    const flipped = Buffer.from(blob);
    flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    const said = verdict(line, armor(flipped));
    // The namespace is named in the answer, and whoever asks compares it; here every flip must also break the signature.
    if (!said.startsWith('valid')) refused += 1;
  }
  expect(blob.length).toBeGreaterThan(150);
  expect(refused).toBe(blob.length * 8);
});

sshTest('[APPROVE-06] no flipped bit within an ECDSA or RSA signature value is accepted', () => {
  for (const name of ['p256', 'p521', 'rsa']) {
    const { line, sign } = real(name);
    const blob = disarm(sign(MESSAGE));
    for (let at = blob.length - 60; at < blob.length; at += 1) {
      const flipped = Buffer.from(blob);
      flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
      expect(verdict(line, armor(flipped))).not.toMatch(/^valid/);
    }
  }
});

test('[APPROVE-06] a signature is refused with what is wrong with it', () => {
  const { line, sign } = softEd25519();
  expect(verdict(line, sign(MESSAGE, { magic: 'SSHSIB' }))).toBe('unreadable: it does not begin with SSHSIG');
  expect(verdict(line, sign(MESSAGE, { version: 2 }))).toBe('unreadable: its version is 2, and only 1 is known');
  expect(verdict(line, sign(MESSAGE, { reserved: 'x' }))).toBe('unreadable: its reserved field is not empty');
  expect(verdict(line, sign(MESSAGE, { extra: Buffer.from([0]) }))).toBe(
    'unreadable: its bytes are cut short or too many',
  );
  expect(verdict(line, sign(MESSAGE, { format: 'ssh-rsa' }))).toBe(
    "invalid: a ssh-ed25519 key can't make a ssh-rsa signature",
  );
  expect(verdict(line, sign(MESSAGE, { format: 'sk-ssh-ed25519@openssh.com' }))).toBe(
    'unreadable: its innermost bytes are cut short or too many',
  );
  expect(verdict(line, sign(MESSAGE, { format: 'constructor' }))).toBe(
    "invalid: a ssh-ed25519 key can't make a constructor signature",
  );
  const cut = disarm(sign(MESSAGE)).subarray(0, -1);
  expect(verdict(line, armor(cut))).toBe('unreadable: its bytes are cut short or too many');
  expect(verdict(line, '')).toMatch(/^unreadable: it does not stand between/);
  expect(verdict(line, `x${sign(MESSAGE)}`)).toMatch(/^unreadable: it does not stand between/);
  expect(verdict(line, `${sign(MESSAGE)}\n`)).toMatch(/^unreadable: it does not stand between/);
  expect(verdict(line, sign(MESSAGE).replace('U1NI', 'U1N!'))).toBe('unreadable: its text is not base64');
  expect(verdict(line, `${sign(MESSAGE)}${'A'.repeat(20_000)}`)).toBe('unreadable: it is longer than any signature');
});

test('[APPROVE-06] a hash that SSH does not offer is refused', () => {
  const { line, sign } = softEd25519();
  const blob = disarm(sign(MESSAGE));
  const renamed = Buffer.from(blob.toString('latin1').replace('sha512', 'sha384'), 'latin1');
  expect(verdict(line, armor(renamed))).toBe('unreadable: its hash is neither sha256 nor sha512');
});

sshTest(
  '[APPROVE-07] a security key counts as verified with PIN or finger, as plain with a touch, not at all without',
  () => {
    for (const key of [softSkEd25519(), softSkEcdsa()]) {
      const withFlags = (flags: number): string => verdict(key.line, key.sign(MESSAGE, { flags }));
      expect(withFlags(5)).toBe('valid verified countersign');
      expect(withFlags(1)).toBe('valid plain countersign');
      expect(withFlags(4)).toBe('invalid: the security key signed without a touch');
      expect(withFlags(0)).toBe('invalid: the security key signed without a touch');
      // The real program takes them too: these are signatures as devices make them.
      expect(realVerify(directory, key.line, key.sign(MESSAGE, { flags: 5 }), MESSAGE)).toBe(true);
    }
  },
);

test('[APPROVE-07, L4] flags and counter of a security key are covered by its signature', () => {
  for (const key of [softSkEd25519(), softSkEcdsa()]) {
    const blob = disarm(key.sign(MESSAGE, { flags: 1 }));
    const raised = Buffer.from(blob);
    raised.writeUInt8(5, blob.length - 5);
    expect(verdict(key.line, armor(raised))).toBe('invalid: it does not fit the key and the text');
    const counted = Buffer.from(blob);
    counted.writeUInt8(8, blob.length - 1);
    expect(verdict(key.line, armor(counted))).toBe('invalid: it does not fit the key and the text');
  }
});

test('[APPROVE-07] a security key made for something else than SSH is none', () => {
  expect(parseSshKey(softSkEd25519('https://bank.example').line)).toEqual({
    kind: 'unreadable',
    why: 'it was not made for SSH: its application does not begin with "ssh:"',
  });
  expect(parseSshKey(softSkEcdsa('ssh:countersign').line).kind).toBe('key');
});

sshTest('[APPROVE-06, L13] keys that can not approve are refused with the reason', () => {
  const why = (line: string): string => {
    const answer = parseSshKey(line);
    return answer.kind === 'key' ? 'a key' : answer.why;
  };
  const { line } = softEd25519();
  const [type = '', base64 = ''] = line.split(' ');
  const key = Buffer.from(base64, 'base64');
  const pub = (named: string, ...parts: readonly Buffer[]): string =>
    `${named} ${Buffer.concat([sshString(named), ...parts]).toString('base64')}`;
  expect(why(`${type} ${base64}`)).toBe('a key');
  expect(why(`  ${line}\n`)).toBe('a key');
  expect(why(real('short').line)).toBe('an RSA key needs 3072 to 16384 bits, this one has 2048');
  expect(why(`command="x" ${line}`)).toBe('its second word is not base64');
  expect(why(`ssh-rsa ${base64}`)).toBe('its type and its bytes disagree');
  expect(why(`${type} ${key.subarray(0, -1).toString('base64')}`)).toBe('an Ed25519 key has 32 bytes');
  expect(why(`${type} ${Buffer.concat([key, Buffer.from([0])]).toString('base64')}`)).toBe(
    'its bytes are not those of a key',
  );
  expect(why(`${line}\n${line}`)).toBe('it has more than one line');
  expect(why('-----BEGIN OPENSSH PRIVATE KEY-----')).toMatch(/^it is a private key; the `.pub` file/);
  expect(why('hello')).toBe('it is not of the form "TYPE BASE64 COMMENT"');
  expect(why('')).toBe('it is not of the form "TYPE BASE64 COMMENT"');
  expect(why('x'.repeat(9000))).toBe('it is longer than any key');
  expect(why(pub('ssh-dss', sshString('x')))).toMatch(/^keys of its type are not accepted; accepted are ssh-ed25519/);
  expect(why(pub('toString', sshString('x')))).toMatch(/^keys of its type are not accepted/);
  const offCurve = Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 7)]);
  expect(why(pub('ecdsa-sha2-nistp256', sshString('nistp256'), sshString(offCurve)))).toBe(
    'its numbers are not those of a key',
  );
  expect(why(pub('ecdsa-sha2-nistp256', sshString('nistp384'), sshString(offCurve)))).toBe(
    'its curve is not the one that its type names',
  );
  expect(why(pub('ecdsa-sha2-nistp256', sshString('nistp256'), sshString(offCurve.subarray(1))))).toBe(
    'its point is not a whole one',
  );
  expect(why(pub('ssh-rsa', sshString(''), sshString('')))).toBe('an RSA key needs 3072 to 16384 bits, this one has 0');
  const modulus = Buffer.alloc(384, 0xff);
  expect(why(pub('ssh-rsa', sshString(Buffer.from([1, 0, 1])), sshString(modulus)))).toBe(
    'its numbers are not written as SSH writes them',
  );
  expect(why(pub('ssh-rsa', positive(Buffer.alloc(9, 1)), positive(modulus)))).toBe(
    'its numbers are not written as SSH writes them',
  );
  expect(why(pub('ssh-rsa', positive(Buffer.from([1, 0, 1])), positive(modulus)))).toBe('a key');
});

sshTest('[APPROVE-06] padded, negative and oversized numbers in an ECDSA signature are refused', () => {
  const { line, sign } = real('p256');
  const blob = disarm(sign(MESSAGE));
  const inner = /ecdsa-sha2-nistp256/g;
  const text = blob.toString('latin1');
  let at = 0;
  for (const match of text.matchAll(inner)) at = match.index;
  const value = (pair: Buffer): string => {
    const signature = sshString(Buffer.concat([sshString('ecdsa-sha2-nistp256'), sshString(pair)]));
    return verdict(line, armor(Buffer.concat([blob.subarray(0, at - 8), signature])));
  };
  const one = Buffer.alloc(32, 1);
  expect(value(Buffer.concat([positive(one), positive(one)]))).toBe('invalid: it does not fit the key and the text');
  for (const bad of [
    Buffer.concat([Buffer.from([0]), one]),
    Buffer.alloc(32, 0x80),
    Buffer.alloc(33, 1),
    Buffer.alloc(0),
  ]) {
    expect(value(Buffer.concat([sshString(bad), positive(one)]))).toBe(
      'invalid: its bytes are not those of a signature',
    );
    expect(value(Buffer.concat([positive(one), sshString(bad)]))).toBe(
      'invalid: its bytes are not those of a signature',
    );
  }
  expect(value(Buffer.concat([positive(one), positive(one), Buffer.from([0])]))).toBe(
    'invalid: its bytes are not those of a signature',
  );
});

test('[APPROVE-06] whatever bytes come, the readers answer and never throw', () => {
  const { line, sign } = softEd25519();
  const good = disarm(sign(MESSAGE));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(good.length), fc.nat(12), (noise, at, cut) => {
      const spliced = Buffer.concat([good.subarray(0, at), noise, good.subarray(at + cut)]);
      const said = verdict(line, armor(spliced));
      if (Buffer.compare(spliced, good) !== 0) expect(said).not.toMatch(/^valid/);
      const key = parseSshKey(`ssh-ed25519 ${Buffer.from(noise).toString('base64')}`);
      expect(key.kind).toBe('unreadable');
    }),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      expect(readSshSignature(text).kind).toBe('unreadable');
      expect(parseSshKey(text).kind).toBe('unreadable');
    }),
  );
});
