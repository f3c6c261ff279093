/** Randomness, as it is handed in. Must come from a cryptographically secure source. */
export interface Random {
  /** `sizeBytes` unpredictable bytes; 1 to 1024. */
  bytes(sizeBytes: number): Uint8Array;
  /** A fraction in [0, 1), for jitter only. */
  fraction(): number;
}
