/** Whether an Ed25519 signature holds. The verifier asks this of every word that it builds on. */

import { createPublicKey, verify } from 'node:crypto';
import type { KeySignature } from '../../kernel/index.ts';

/**
 * Checks a signature over a text's UTF-8 bytes.
 *
 * @param signed  key as base64 SPKI (DER), signature as base64
 * @returns false for whatever is no Ed25519 key, no signature, or another text's
 */
export function signatureHolds(text: string, signed: KeySignature): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(signed.key, 'base64'), format: 'der', type: 'spki' });
    return (
      key.asymmetricKeyType === 'ed25519' &&
      verify(null, Buffer.from(text), key, Buffer.from(signed.signature, 'base64'))
    );
  } catch {
    // Bytes that are no key can't have signed anything.
    return false;
  }
}
