/** The port of the runner's decryption key. */

/** Opens what was encrypted to this runner. */
export interface Opener {
  /** The bytes in the clear. They never leave the private run directory and the tool's process. @throws Failure `DECRYPTION_FAILED` */
  open(sealed: Uint8Array): Promise<Uint8Array>;
}
