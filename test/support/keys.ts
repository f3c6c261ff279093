/** Ed25519 keys made for one test. */

import { generateKeyPairSync, sign } from 'node:crypto';
import type { Signer } from '../../src/kernel/index.ts';

/** A signer that can sign at once, too. */
export type TestSigner = Signer & { readonly signNow: (text: string) => string };

/** A new key with the port that signs with it. */
export function newSigner(name: string): TestSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const signNow = (text: string): string => sign(null, Buffer.from(text), privateKey).toString('base64');
  return {
    name,
    key: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    signNow,
    sign: async (text) => signNow(text),
  };
}
