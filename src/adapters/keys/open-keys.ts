/**
 * The keys of a runner or verifier, in files that only it can read.
 *
 * A private half never leaves this file but into the signer that it belongs to, and no message ever holds one.
 */

import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { join } from 'node:path';
import { identityToRecipient } from 'age-encryption';
import { Failure, type Signer } from '../../kernel/index.ts';
import { makeAgePair } from '../sealing/age.ts';
import { keepPrivateFile } from './keep-private-file.ts';

/** The keys of one runner or verifier. */
export type Keys = {
  readonly signer: Signer;
  /** The secret half of the sealing key, `AGE-SECRET-KEY-…`. */
  readonly ageIdentity: string;
  /** The public half, `age1…`, as the trust file names it. */
  readonly recipient: string;
};

/**
 * Opens the keys in a directory and makes what is missing: an Ed25519 key (PKCS#8 PEM) and an age identity, 0600 in a 0700 directory.
 *
 * @param name  the owner's name in the trust file
 * @throws Failure `KEY_EXPOSED` when anybody else may read them, `KEY_UNREADABLE` when they are no keys, `STORE_WRITE_FAILED`
 */
export async function openKeys(directory: string, name: string): Promise<Keys> {
  const keyPath = join(directory, 'signing.pem');
  const agePath = join(directory, 'sealing.age');
  const privateKey = readPrivateKey(keyPath, await keepPrivateFile(keyPath, makeSigningKey));
  const ageIdentity = await keepPrivateFile(agePath, async () => `${(await makeAgePair()).identity}\n`);
  return {
    signer: signerOf(name, privateKey),
    ageIdentity: ageIdentity.trim(),
    recipient: await recipientOf(agePath, ageIdentity),
  };
}

async function makeSigningKey(): Promise<string> {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function readPrivateKey(path: string, pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // OpenSSL's message may quote the file: it is not carried on.
    throw unreadable(path, 'it is not a private key in PEM form');
  }
  throw unreadable(path, 'it is not an Ed25519 key');
}

function signerOf(name: string, privateKey: KeyObject): Signer {
  const key = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64');
  return { name, key, sign: async (text) => sign(null, Buffer.from(text, 'utf8'), privateKey).toString('base64') };
}

async function recipientOf(path: string, identity: string): Promise<string> {
  try {
    return await identityToRecipient(identity.trim());
  } catch {
    // The library's message may quote the identity: it is not carried on.
    throw unreadable(path, 'it is not an age identity');
  }
}

function unreadable(path: string, why: string): Failure {
  return new Failure('KEY_UNREADABLE', `the key ${path} can't be used: ${why}`, {
    hint: 'restore it from a backup; or move it away, let a new one be made, and register that in the trust file',
    where: path,
  });
}
