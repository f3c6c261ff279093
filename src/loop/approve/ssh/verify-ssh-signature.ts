/** Verifies SSH signatures in this process, with no program in between that could be swapped. */

import { createHash, verify } from 'node:crypto';
import type { KeyStrength } from '../../../kernel/index.ts';
import { CURVES, type SshKey, type SshKeyType } from './ssh-key.ts';
import type { SshSignature } from './ssh-signature.ts';
import { positiveInteger, readWire, wireString } from './wire-reader.ts';

/** Valid, with how strong the key proved to be; or not, with the reason. */
export type SignatureCheck =
  | { readonly kind: 'valid'; readonly strength: KeyStrength }
  | { readonly kind: 'invalid'; readonly why: string };

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;

// `ssh-rsa` as a signature format means SHA-1 and is missing on purpose.
const FORMATS: Readonly<Record<SshKeyType, Readonly<Record<string, string | null>>>> = {
  'ssh-ed25519': { 'ssh-ed25519': null },
  'ssh-rsa': { 'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512' },
  'ecdsa-sha2-nistp256': { 'ecdsa-sha2-nistp256': 'sha256' },
  'ecdsa-sha2-nistp384': { 'ecdsa-sha2-nistp384': 'sha384' },
  'ecdsa-sha2-nistp521': { 'ecdsa-sha2-nistp521': 'sha512' },
  'sk-ssh-ed25519@openssh.com': { 'sk-ssh-ed25519@openssh.com': null },
  'sk-ecdsa-sha2-nistp256@openssh.com': { 'sk-ecdsa-sha2-nistp256@openssh.com': 'sha256' },
};

/**
 * Verifies a signature over a message with one key. Namespace and key identity are the caller's to compare first.
 *
 * A security key's signature counts as `verified` when the device saw the person's PIN or finger, as `plain` when it
 * only saw a touch, and not at all without one.
 *
 * @param message  the exact bytes that were signed
 */
export function verifySshSignature(key: SshKey, signature: SshSignature, message: Uint8Array | string): SignatureCheck {
  const formats = FORMATS[key.type];
  const digest = Object.hasOwn(formats, signature.format) ? formats[signature.format] : undefined;
  if (digest === undefined)
    return { kind: 'invalid', why: `a ${key.type} key can't make a ${signature.format} signature` };
  const raw = rawSignature(key, signature.raw);
  if (raw === undefined) return { kind: 'invalid', why: 'its bytes are not those of a signature' };
  const flags = signature.trailer[0] ?? 0;
  const isHardware = key.application !== undefined;
  const data = signedData(signature, message);
  const covered = isHardware ? deviceData(key.application ?? '', signature.trailer, data) : data;
  const isTrue = verify(digest, covered, { key: key.publicKey, dsaEncoding: 'ieee-p1363' }, raw);
  if (!isTrue) return { kind: 'invalid', why: 'it does not fit the key and the text' };
  if (isHardware && (flags & USER_PRESENT) === 0) {
    return { kind: 'invalid', why: 'the security key signed without a touch' };
  }
  return { kind: 'valid', strength: (flags & USER_VERIFIED) === 0 ? 'plain' : 'verified' };
}

function signedData(signature: SshSignature, message: Uint8Array | string): Buffer {
  return Buffer.concat([
    Buffer.from('SSHSIG'),
    wireString(signature.namespace),
    wireString(''),
    wireString(signature.hash),
    wireString(createHash(signature.hash).update(message).digest()),
  ]);
}

// https://github.com/openssh/openssh-portable/blob/V_9_2/PROTOCOL.u2f: the device signs hashes of what SSH hands it.
function deviceData(application: string, trailer: Uint8Array, data: Uint8Array): Buffer {
  const hash = (content: Uint8Array | string): Buffer => createHash('sha256').update(content).digest();
  return Buffer.concat([hash(application), trailer, hash(data)]);
}

function rawSignature(key: SshKey, raw: Uint8Array): Uint8Array | undefined {
  const curve = CURVES[key.type];
  if (curve === undefined) return raw;
  const reader = readWire(raw);
  const first = positiveInteger(reader.string(), curve.sizeBytes);
  const second = positiveInteger(reader.string(), curve.sizeBytes);
  if (first === undefined || second === undefined || !reader.isClean()) return undefined;
  return Buffer.concat([first, second]);
}
