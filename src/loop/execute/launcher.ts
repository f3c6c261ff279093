/**
 * The port of the one program that runs an approved bundle.
 *
 * It differs from helper programs: its output goes to files, so that it outlives a runner that dies; it is asked to stop once and
 * is never killed; and every process that it leaves behind can be found again by its mark, a variable in its environment.
 */

import type { ProcessEnd } from '../../kernel/index.ts';
import type { ExecutionCommand } from '../../tools/index.ts';

/** The two streams of a program. */
export type OutputStream = 'stdout' | 'stderr';

/** What to launch. */
export type LaunchSpec = {
  readonly command: ExecutionCommand;
  readonly claim: string;
  /** Existing private directory for `stdin`, `stdout` and `stderr`; not the tool's own directory. */
  readonly outputDirectory: string;
};

/** A program that was launched, or that could not be. */
export type Launched =
  | { readonly kind: 'running'; readonly run: Run }
  | { readonly kind: 'not-started'; readonly why: string };

/** A running program. */
export interface Run {
  /** Resolves when the leader has ended. Never rejects. */
  readonly ended: Promise<ProcessEnd>;
  /** Asks the leader itself, with SIGTERM, to stop. The caller asks once. Silent when it has ended. */
  stop(): void;
  /** How many processes of the execution are alive now, the leader not counted once it has ended. */
  survivors(): Promise<number>;
}

/** What is left of an execution that nobody watches. */
export type Reaped = {
  /** Processes that carried the mark. */
  readonly found: number;
  /** Processes that were still alive when the deadline came; they were asked to stop and were not killed. */
  readonly alive: number;
};

/** Launches bundles and finds what they left. */
export interface Launcher {
  /** Starts the program in a session and process group of its own. Its environment is the command's and the mark, nothing else. */
  launch(spec: LaunchSpec): Promise<Launched>;
  /** Output from `offset` on, at most `maxBytes`; empty when there is no more, or never was any. */
  readOutput(outputDirectory: string, stream: OutputStream, from: OutputRange): Promise<Uint8Array>;
  /** Asks every process of a claim to stop: leaders first, each once; waits for their end until the deadline. */
  reap(claim: string, deadlineMs: number): Promise<Reaped>;
}

/** A part of an output. */
export type OutputRange = { readonly offset: number; readonly maxBytes: number };
