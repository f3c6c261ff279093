/** Short-lived helper programs: version probes, `terraform show`, `ssh-keygen`. Executions of approved bundles have a port of their own. */

import type { ProcessEnd } from '../outcome.ts';

/** One program to run. The environment is the whole environment: nothing is inherited. */
export type ProcessSpec = {
  /** Absolute path, or a bare name that is looked up in `environment.PATH`. */
  readonly file: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin?: Uint8Array | undefined;
  /** The program is stopped (SIGTERM, later SIGKILL: helpers only) after this. */
  readonly timeoutMs: number;
  /** Output beyond this is thrown away and `isTruncated` says so; per stream. */
  readonly maxOutputBytes: number;
};

/** How it ended and what it printed. */
export type ProcessResult = {
  readonly end: ProcessEnd;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly isTruncated: boolean;
  readonly isTimedOut: boolean;
};

/** Runs helper programs. */
export interface Processes {
  /** Resolves when the program has ended and its pipes are closed. Never throws on how it ended: a missing program is `not-started`. */
  run(spec: ProcessSpec): Promise<ProcessResult>;
  /** The absolute, link-free path of a program that `environment.PATH` or the path itself names; `undefined` when there is none. */
  locate(file: string, searchPath: string): Promise<string | undefined>;
}
