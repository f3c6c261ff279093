/** The port of encryption: bytes that only named recipients can read. */

/** Encrypts to public keys; holds no secret itself. */
export interface Sealer {
  /**
   * Encrypts bytes so that each recipient alone can open them.
   *
   * @param recipients  age recipients (`age1…`), one at least
   * @throws Failure `CONFIG_INVALID` when there is none, or one is not a recipient
   */
  seal(content: Uint8Array, recipients: readonly string[]): Promise<Uint8Array>;
}
