/** Exit codes: the one table that every command ends by. */

/** What each exit code of the command line says. */
export const EXIT = {
  /** Done, confirmed or clean. */
  done: 0,
  /** Refused, blocked or stale: nothing was done. */
  refused: 1,
  /** The command line or a configuration file is wrong. */
  usage: 2,
  /** Waiting for a person. */
  waiting: 3,
  /** Part of the change took effect. */
  partial: 4,
  /** Nobody can tell what took effect, or whether the world is as approved. */
  indeterminate: 5,
  /** The record does not hold together. */
  integrity: 6,
  /** The verifier found the world not to be as approved. */
  refuted: 7,
  /** A bug. */
  bug: 70,
  /** Interrupted by the person. */
  interrupted: 130,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
