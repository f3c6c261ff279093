/** The port of the planning process itself, so that a draft whose planner died is told from one that is being planned. */

/** This process, and whether another one is still there. */
export interface Planner {
  /** Names this process among all that ever ran on this machine; one line. */
  readonly mark: string;
  /** Whether the process of a mark is alive. An unreadable mark is not. Never throws. */
  isAlive(mark: string): Promise<boolean>;
}
