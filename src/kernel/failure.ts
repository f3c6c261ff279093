/**
 * What goes wrong in operation, as one coded error; and bugs, as `invariant`.
 *
 * Expected answers (refusals, outcomes, verdicts) are data and never pass through here.
 */

import { EXIT, type ExitCode } from './exit.ts';

/** Every operational failure that Countersign can report, with the exit code that it ends a command with. */
export const FAILURES = {
  USAGE: 'usage',
  CONFIG_INVALID: 'usage',
  CONFIG_MISSING: 'usage',
  KEY_UNREADABLE: 'usage',
  KEY_EXPOSED: 'usage',
  TRUST_UNSIGNED: 'refused',
  TRUST_ROLLED_BACK: 'refused',
  TRUST_MISSING: 'usage',
  TRUST_HISTORY_BROKEN: 'integrity',
  NOT_FOUND: 'usage',
  AMBIGUOUS_ID: 'usage',
  TOOL_MISSING: 'usage',
  TOOL_FAILED: 'refused',
  SANDBOX_UNAVAILABLE: 'refused',
  STORE_BUSY: 'refused',
  STORE_UNREADABLE: 'refused',
  STORE_WRITE_FAILED: 'refused',
  CONTENTION: 'refused',
  BLOB_MISSING: 'integrity',
  BLOB_CORRUPT: 'integrity',
  BLOB_TOO_LARGE: 'usage',
  SECRET_DESTROYED: 'refused',
  DECRYPTION_FAILED: 'refused',
  RECORD_BROKEN: 'integrity',
  RECORD_ROLLED_BACK: 'integrity',
  EVENT_UNREADABLE: 'integrity',
  SIGNING_FAILED: 'refused',
  RUNNER_UNKNOWN: 'refused',
  RUNNER_BUSY: 'refused',
  LEDGER_WRITE_FAILED: 'refused',
  VERIFIER_UNAVAILABLE: 'waiting',
  REFUSED: 'refused',
  INTERRUPTED: 'interrupted',
} as const;

/** The code of an operational failure. */
export type FailureCode = keyof typeof FAILURES;

/** What a failure says beyond its message. */
export type FailureDetail = {
  /** What the person can do next, as a sentence. */
  readonly hint: string;
  /** Where: `file:line:column`, a resource address, a path. */
  readonly where?: string | undefined;
  readonly cause?: unknown;
};

/** An operational or usage failure: what happened, to what, and what to do next. The message never holds a secret. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  readonly hint: string;
  readonly where: string | undefined;
  readonly exitCode: ExitCode;

  constructor(code: FailureCode, message: string, detail: FailureDetail) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.hint = detail.hint;
    this.where = detail.where;
    this.exitCode = EXIT[FAILURES[code]];
  }
}

/** Tells a failure from any other thrown value. */
export function isFailure(thrown: unknown): thrown is Failure {
  return thrown instanceof Failure;
}

class BrokenInvariant extends Error {
  override readonly name = 'BrokenInvariant';
}

/**
 * Stops on a bug: a condition that our own code guarantees did not hold.
 *
 * @throws an error that no surface catches as an answer; the command exits with 70
 */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new BrokenInvariant(`bug: ${message}`);
}
