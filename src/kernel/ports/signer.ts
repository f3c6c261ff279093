/** A key that signs, as it is handed in: the private half never leaves its adapter. */
export interface Signer {
  /** The name that the trust file knows the key's owner by. */
  readonly name: string;
  /** Ed25519 public key, base64 SPKI (DER). */
  readonly key: string;
  /** Signs a text's UTF-8 bytes. @returns base64 Ed25519 signature. @throws Failure `KEY_UNREADABLE`, `SIGNING_FAILED` */
  sign(text: string): Promise<string>;
}
