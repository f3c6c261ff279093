/**
 * Sealing with age: bytes that only the named recipients can read.
 *
 * Nothing here keeps, prints or names a key in a message; an identity lives only as long as its opener.
 */

import { Decrypter, Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { Failure } from '../../kernel/index.ts';
import type { Sealer } from '../../loop/propose/index.ts';

/** Opens what was sealed to one identity. */
export type SealedReader = {
  /** @throws Failure `DECRYPTION_FAILED` when it was sealed to others, cut or changed */
  open(sealed: Uint8Array): Promise<Uint8Array>;
};

/** A fresh pair: the identity is the secret half (`AGE-SECRET-KEY-…`), the recipient the public one (`age1…`). */
export type AgePair = { readonly identity: string; readonly recipient: string };

/** Seals bytes to age recipients (`age1…`). */
export function ageSealer(): Sealer {
  return { seal };
}

/**
 * Opens what was sealed to this identity.
 *
 * @param identity  `AGE-SECRET-KEY-1…` or `AGE-SECRET-KEY-PQ-1…`; surrounding white space is ignored
 * @throws Failure `KEY_UNREADABLE` when it is no age identity; the message never holds it
 */
export function openSealed(identity: string): SealedReader {
  const decrypter = new Decrypter();
  try {
    decrypter.addIdentity(identity.trim());
  } catch {
    // The library's message may quote the key: it is not carried on.
    throw new Failure('KEY_UNREADABLE', 'the sealing key is not an age identity', {
      hint: 'restore the key file, or make a new pair and register its recipient in the trust file',
    });
  }
  return { open: (sealed) => open(decrypter, sealed) };
}

/** Makes a pair for a runner or verifier. */
export async function makeAgePair(): Promise<AgePair> {
  const identity = await generateIdentity();
  return { identity, recipient: await identityToRecipient(identity) };
}

async function seal(content: Uint8Array, recipients: readonly string[]): Promise<Uint8Array> {
  if (recipients.length === 0) {
    throw new Failure('CONFIG_INVALID', 'there is nobody to seal to', {
      hint: 'give the runner a `recipient` in the trust file',
    });
  }
  const encrypter = new Encrypter();
  for (const recipient of recipients) addRecipient(encrypter, recipient);
  return await encrypter.encrypt(content);
}

function addRecipient(encrypter: Encrypter, recipient: string): void {
  try {
    encrypter.addRecipient(recipient);
  } catch (thrown) {
    throw new Failure('CONFIG_INVALID', `"${recipient.slice(0, 24)}…" is not an age recipient`, {
      hint: 'copy the recipient that the runner printed (`age1…`) to the trust file',
      cause: thrown,
    });
  }
}

async function open(decrypter: Decrypter, sealed: Uint8Array): Promise<Uint8Array> {
  try {
    return await decrypter.decrypt(sealed);
  } catch (thrown) {
    throw new Failure('DECRYPTION_FAILED', 'the sealed bytes do not open with this key', {
      hint: 'execute on the runner that the bundle was sealed for; if it is this one, propose the change again',
      cause: thrown,
    });
  }
}
