/** The port of liveness: whether the process that owns a claim still lives. */

/** A hold that this process has. It ends with the process, however that ends. */
export type Hold = {
  /** Gives it up. Silent when called again. */
  release(): Promise<void>;
};

/** Locks that the operating system gives back when their owner dies, so that a reused process id can't be mistaken for it. */
export interface Holds {
  /** Takes the hold of a claim; `undefined` while a living process, this one included, has it. @throws Failure `LEDGER_WRITE_FAILED` */
  take(claim: string): Promise<Hold | undefined>;
}
