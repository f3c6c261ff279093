/** The port of the verifier's decryption key. Check workers never hold it. */

/** Opens what was encrypted to this verifier. */
export interface Opener {
  /** The bytes in the clear. @throws Failure `DECRYPTION_FAILED` */
  open(sealed: Uint8Array): Promise<Uint8Array>;
}
