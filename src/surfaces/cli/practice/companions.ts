/** Programs that run beside the range until it is over: its little service. */

/** What to start. The environment is the whole environment: nothing is inherited. */
export type CompanionSpec = {
  readonly file: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** How long the first line may take. */
  readonly timeoutMs: number;
};

/** A program that is running. */
export type Companion = {
  /** The first line that it printed. */
  readonly firstLine: string;
  /** Ends it and resolves when it is gone; does nothing the second time. */
  stop(): Promise<void>;
};

/** Starts programs that run beside us. */
export interface Companions {
  /**
   * Starts a program and waits for its first line.
   *
   * Its standard input stays open as long as we live, so that it can end itself when we are gone, however we went.
   *
   * @throws Failure `TOOL_FAILED` when it ends or stays silent instead
   */
  start(spec: CompanionSpec): Promise<Companion>;
}
