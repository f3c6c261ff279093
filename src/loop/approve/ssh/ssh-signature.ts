/** Reads an armored SSH signature. It says what the bytes claim and nothing of whether the claim is true. */

import { readWire } from './wire-reader.ts';

/** What the bytes of a signature claim. */
export type SshSignature = {
  /** The signing key in its wire form. */
  readonly keyBlob: Uint8Array;
  readonly namespace: string;
  readonly hash: 'sha256' | 'sha512';
  /** `ssh-ed25519`, `rsa-sha2-512`, … */
  readonly format: string;
  readonly raw: Uint8Array;
  /** What follows `raw`: flags and counter of a security key; empty for keys in files. */
  readonly trailer: Uint8Array;
};

/** A signature, or why the text is none. */
export type SshSignatureAnswer =
  | { readonly kind: 'signature'; readonly signature: SshSignature }
  | { readonly kind: 'unreadable'; readonly why: string };

const BEGIN = '-----BEGIN SSH SIGNATURE-----';
const END = '-----END SSH SIGNATURE-----';
const MOST_CHARACTERS = 16_384;

/**
 * Reads an armored signature strictly: exact markers, canonical base64, version 1, and no byte more or less.
 *
 * @param armored  as `ssh-keygen -Y sign` prints it; at most 16 384 characters
 * @see https://github.com/openssh/openssh-portable/blob/V_9_2/PROTOCOL.sshsig
 */
export function readSshSignature(armored: string): SshSignatureAnswer {
  if (armored.length > MOST_CHARACTERS) return unreadable('it is longer than any signature');
  const lines = armored.replace(/\r?\n$/, '').split(/\r?\n/);
  if (lines.length < 3 || lines[0] !== BEGIN || lines.at(-1) !== END) {
    return unreadable(`it does not stand between "${BEGIN}" and "${END}"`);
  }
  const base64 = lines.slice(1, -1).join('');
  const blob = Buffer.from(base64, 'base64');
  if (blob.toString('base64') !== base64) return unreadable('its text is not base64');
  return readSignatureBlob(blob);
}

function readSignatureBlob(blob: Uint8Array): SshSignatureAnswer {
  const outer = readWire(blob);
  const magic = Buffer.from(outer.bytes(6)).toString('latin1');
  if (magic !== 'SSHSIG') return unreadable('it does not begin with SSHSIG');
  const version = outer.number();
  if (version !== 1) return unreadable(`its version is ${version}, and only 1 is known`);
  const keyBlob = outer.string();
  const namespace = outer.text();
  const reserved = outer.string();
  const hash = outer.text();
  const inner = readWire(outer.string());
  if (!outer.isClean()) return unreadable('its bytes are cut short or too many');
  if (reserved.length > 0) return unreadable('its reserved field is not empty');
  if (hash !== 'sha256' && hash !== 'sha512') return unreadable('its hash is neither sha256 nor sha512');
  const format = inner.text();
  const raw = inner.string();
  const trailer = format.startsWith('sk-') ? inner.bytes(5) : new Uint8Array();
  if (!inner.isClean()) return unreadable('its innermost bytes are cut short or too many');
  return { kind: 'signature', signature: { keyBlob, namespace, hash, format, raw, trailer } };
}

function unreadable(why: string): SshSignatureAnswer {
  return { kind: 'unreadable', why };
}
