/** Output of a helper program, kept up to a bound: a program that never stops printing can't exhaust the memory. */
export class BoundedOutput {
  readonly #maxBytes: number;
  readonly #chunks: Uint8Array[] = [];
  #sizeBytes = 0;
  #isTruncated = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isTruncated(): boolean {
    return this.#isTruncated;
  }

  /** Keeps a chunk, or as much of it as still fits. */
  add(chunk: Uint8Array): void {
    const kept = chunk.subarray(0, this.#maxBytes - this.#sizeBytes);
    if (kept.byteLength < chunk.byteLength) this.#isTruncated = true;
    if (kept.byteLength === 0) return;
    this.#chunks.push(kept);
    this.#sizeBytes += kept.byteLength;
  }

  /** Everything kept so far. */
  bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#chunks));
  }
}
