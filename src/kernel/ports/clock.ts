/** The time, as it is handed in: nothing but an adapter reads a clock. */
export interface Clock {
  /** Milliseconds since the Unix epoch; never throws. May jump: nothing relies on it being monotonic. */
  nowMs(): number;
  /** Resolves after at least `durationMs`, or at once when the signal aborts. Never rejects. */
  wait(durationMs: number, signal?: AbortSignal): Promise<void>;
}
