/** SSH keys made in this process, a security key among them: the real `ssh-keygen` judges whether they sign as SSH does. */

import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** What a signature is to say of itself; everything has the value that a well-meaning signer would choose. */
export type Signing = {
  readonly namespace?: string;
  readonly hash?: 'sha256' | 'sha512';
  /** Flags of a security key: 1 a touch, 4 a verified person. */
  readonly flags?: number;
  readonly version?: number;
  readonly magic?: string;
  readonly reserved?: string;
  readonly extra?: Uint8Array;
  readonly format?: string;
};

/** A key that signs. */
export type SoftKey = {
  readonly line: string;
  readonly blob: Buffer;
  readonly sign: (message: Uint8Array | string, signing?: Signing) => string;
};

/** Writes SSH's length-prefixed string. */
export function sshString(content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(bytes.length);
  return Buffer.concat([size, bytes]);
}

/** Puts bytes between the markers of an SSH signature. */
export function armor(blob: Uint8Array): string {
  const lines =
    Buffer.from(blob)
      .toString('base64')
      .match(/.{1,70}/g) ?? [];
  return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n');
}

/** The bytes between the markers. */
export function disarm(armored: string): Buffer {
  return Buffer.from(armored.split('\n').slice(1, -2).join(''), 'base64');
}

/** Makes an Ed25519 key. */
export function softEd25519(comment = 'test'): SoftKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const blob = Buffer.concat([sshString('ssh-ed25519'), sshString(pointOf(publicKey))]);
  return softKey('ssh-ed25519', blob, comment, (data) => sshString(sign(null, data, privateKey)));
}

/** Makes a key as an Ed25519 security key holds it. */
export function softSkEd25519(application = 'ssh:'): SoftKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const type = 'sk-ssh-ed25519@openssh.com';
  const blob = Buffer.concat([sshString(type), sshString(pointOf(publicKey)), sshString(application)]);
  return softKey(type, blob, 'sk', (data, signing) => {
    const trailer = trailerOf(signing);
    return Buffer.concat([sshString(sign(null, deviceData(application, trailer, data), privateKey)), trailer]);
  });
}

/** Makes a key as an ECDSA security key holds it. */
export function softSkEcdsa(application = 'ssh:'): SoftKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const type = 'sk-ecdsa-sha2-nistp256@openssh.com';
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  const blob = Buffer.concat([sshString(type), sshString('nistp256'), sshString(point), sshString(application)]);
  return softKey(type, blob, 'sk', (data, signing) => {
    const trailer = trailerOf(signing);
    const key = { key: privateKey, dsaEncoding: 'ieee-p1363' as const };
    const raw = sign('sha256', deviceData(application, trailer, data), key);
    const pair = Buffer.concat([positive(raw.subarray(0, 32)), positive(raw.subarray(32))]);
    return Buffer.concat([sshString(pair), trailer]);
  });
}

/** Writes SSH's positive multiple-precision integer. */
export function positive(magnitude: Uint8Array): Buffer {
  let start = 0;
  while (magnitude[start] === 0) start += 1;
  const short = Buffer.from(magnitude.subarray(start));
  return sshString((short[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), short]) : short);
}

function softKey(
  type: string,
  blob: Buffer,
  comment: string,
  raw: (data: Buffer, signing: Signing) => Buffer,
): SoftKey {
  const signBlob = (message: Uint8Array | string, signing: Signing = {}): string => {
    const { namespace = 'countersign', hash = 'sha512', reserved = '', version = 1, magic = 'SSHSIG' } = signing;
    const digest = createHash(hash).update(message).digest();
    const covered = [sshString(namespace), sshString(reserved), sshString(hash), sshString(digest)];
    const data = Buffer.concat([Buffer.from('SSHSIG'), ...covered]);
    const versionBytes = Buffer.alloc(4);
    versionBytes.writeUInt32BE(version);
    return armor(
      Buffer.concat([
        Buffer.from(magic),
        versionBytes,
        sshString(blob),
        sshString(namespace),
        sshString(reserved),
        sshString(hash),
        sshString(Buffer.concat([sshString(signing.format ?? type), raw(data, signing)])),
        signing.extra ?? new Uint8Array(),
      ]),
    );
  };
  return { line: `${type} ${blob.toString('base64')} ${comment}`, blob, sign: signBlob };
}

function pointOf(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
}

function trailerOf(signing: Signing): Buffer {
  return Buffer.from([signing.flags ?? 5, 0, 0, 0, 7]);
}

function deviceData(application: string, trailer: Uint8Array, data: Uint8Array): Buffer {
  const hash = (content: Uint8Array | string): Buffer => createHash('sha256').update(content).digest();
  return Buffer.concat([hash(application), trailer, hash(data)]);
}
