/** OpenSSH public keys: which kinds count, how strong each is, and the fingerprint that people compare. */

import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { positiveInteger, readWire, type WireReader } from './wire-reader.ts';

/** The kinds of key that can sign an approval. */
export type SshKeyType =
  | 'ssh-ed25519'
  | 'ssh-rsa'
  | 'ecdsa-sha2-nistp256'
  | 'ecdsa-sha2-nistp384'
  | 'ecdsa-sha2-nistp521'
  | 'sk-ssh-ed25519@openssh.com'
  | 'sk-ecdsa-sha2-nistp256@openssh.com';

/** A public key, ready to verify with. */
export type SshKey = {
  readonly type: SshKeyType;
  /** The wire form: two keys are the same when these bytes are. */
  readonly blob: Uint8Array;
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
  readonly publicKey: KeyObject;
  /** What a security key's signature is bound to, for instance `ssh:`; `undefined` for keys in files. */
  readonly application: string | undefined;
};

/** A key, or why the text is none that counts. */
export type SshKeyAnswer =
  | { readonly kind: 'key'; readonly key: SshKey }
  | { readonly kind: 'unreadable'; readonly why: string };

// NIST SP 800-57 puts 3072-bit RSA beside 128-bit strength; `ssh-keygen` has made keys of that size by default since 8.0.
const LEAST_RSA_BITS = 3072;
const MOST_RSA_BITS = 16_384;
const MOST_LINE_CHARACTERS = 8192;

/** The curve behind an ECDSA key type: its JWK name and the size of a coordinate. */
export const CURVES: Readonly<
  Record<string, { readonly crv: string; readonly sizeBytes: number; readonly ssh: string }>
> = {
  'ecdsa-sha2-nistp256': { crv: 'P-256', sizeBytes: 32, ssh: 'nistp256' },
  'ecdsa-sha2-nistp384': { crv: 'P-384', sizeBytes: 48, ssh: 'nistp384' },
  'ecdsa-sha2-nistp521': { crv: 'P-521', sizeBytes: 66, ssh: 'nistp521' },
  'sk-ecdsa-sha2-nistp256@openssh.com': { crv: 'P-256', sizeBytes: 32, ssh: 'nistp256' },
};

const KINDS = 'ssh-ed25519, ecdsa-sha2-nistp256/384/521, ssh-rsa of 3072 bits or more, and their sk- forms';

/**
 * Reads one line of a `.pub` file.
 *
 * Options before the key (as in `authorized_keys`) are refused: they would promise limits that nobody here enforces.
 *
 * @param line  `TYPE BASE64 [COMMENT]`, at most 8 192 characters
 * @see https://www.rfc-editor.org/rfc/rfc4253#section-6.6
 */
export function parseSshKey(line: string): SshKeyAnswer {
  if (line.length > MOST_LINE_CHARACTERS) return unreadable('it is longer than any key');
  const [type, base64] = line.trim().split(/[ \t]+/);
  if (line.trim().includes('\n')) return unreadable('it has more than one line');
  if (line.includes('PRIVATE KEY')) return unreadable('it is a private key; the `.pub` file beside it is meant');
  if (type === undefined || base64 === undefined) return unreadable('it is not of the form "TYPE BASE64 COMMENT"');
  const blob = Buffer.from(base64, 'base64');
  if (blob.toString('base64') !== base64) return unreadable('its second word is not base64');
  const answer = parseSshKeyBlob(blob);
  if (answer.kind === 'key' && answer.key.type !== type) return unreadable('its type and its bytes disagree');
  return answer;
}

/** Reads a key in its wire form, as a signature carries it. Every byte must be accounted for. */
function parseSshKeyBlob(blob: Uint8Array): SshKeyAnswer {
  const reader = readWire(blob);
  const type = reader.text();
  const read = isKnownType(type) ? READERS[type](reader, type) : undefined;
  if (read === undefined) return unreadable(`keys of its type are not accepted; accepted are ${KINDS}`);
  if (!reader.isClean() || 'why' in read)
    return unreadable('why' in read ? read.why : 'its bytes are not those of a key');
  const publicKey = importKey(read.jwk);
  if (publicKey === undefined || !isKnownType(type)) return unreadable('its numbers are not those of a key');
  const { application } = read;
  const fingerprint = `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
  return { kind: 'key', key: { type, blob, fingerprint, publicKey, application } };
}

type KeyBody = { readonly jwk: JsonWebKey; readonly application?: string | undefined } | { readonly why: string };

const READERS: Readonly<Record<SshKeyType, (reader: WireReader, type: string) => KeyBody>> = {
  'ssh-ed25519': (reader) => readEd25519(reader),
  'ssh-rsa': readRsa,
  'ecdsa-sha2-nistp256': readEcdsa,
  'ecdsa-sha2-nistp384': readEcdsa,
  'ecdsa-sha2-nistp521': readEcdsa,
  'sk-ssh-ed25519@openssh.com': (reader) => withApplication(reader, readEd25519(reader)),
  'sk-ecdsa-sha2-nistp256@openssh.com': (reader, type) => withApplication(reader, readEcdsa(reader, type)),
};

function isKnownType(type: string): type is SshKeyType {
  return Object.hasOwn(READERS, type);
}

function readEd25519(reader: WireReader): KeyBody {
  const point = reader.string();
  if (point.length !== 32) return { why: 'an Ed25519 key has 32 bytes' };
  return { jwk: { kty: 'OKP', crv: 'Ed25519', x: base64Url(point) } };
}

function readEcdsa(reader: WireReader, type: string): KeyBody {
  const curve = CURVES[type];
  const name = reader.text();
  const point = reader.string();
  if (curve === undefined || name !== curve.ssh) return { why: 'its curve is not the one that its type names' };
  if (point.length !== 1 + 2 * curve.sizeBytes || point[0] !== 4) return { why: 'its point is not a whole one' };
  const x = base64Url(point.subarray(1, 1 + curve.sizeBytes));
  const y = base64Url(point.subarray(1 + curve.sizeBytes));
  return { jwk: { kty: 'EC', crv: curve.crv, x, y } };
}

function readRsa(reader: WireReader): KeyBody {
  const exponent = positiveInteger(reader.string(), 8);
  const modulus = reader.string();
  const magnitude = modulus[0] === 0 ? modulus.subarray(1) : modulus;
  const bits = magnitude.length * 8 - Math.clz32(magnitude[0] ?? 0) + 24;
  if (bits < LEAST_RSA_BITS || bits > MOST_RSA_BITS) {
    return { why: `an RSA key needs ${LEAST_RSA_BITS} to ${MOST_RSA_BITS} bits, this one has ${Math.max(0, bits)}` };
  }
  if (exponent === undefined || positiveInteger(modulus, magnitude.length) === undefined) {
    return { why: 'its numbers are not written as SSH writes them' };
  }
  return { jwk: { kty: 'RSA', n: base64Url(magnitude), e: base64Url(exponent) } };
}

function withApplication(reader: WireReader, body: KeyBody): KeyBody {
  const application = reader.text();
  if ('why' in body) return body;
  if (!application.startsWith('ssh:'))
    return { why: 'it was not made for SSH: its application does not begin with "ssh:"' };
  return { ...body, application };
}

function importKey(jwk: JsonWebKey): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    // OpenSSL refuses points off the curve and the like; the caller says so of the key.
    return undefined;
  }
}

function base64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

function unreadable(why: string): SshKeyAnswer {
  return { kind: 'unreadable', why };
}
