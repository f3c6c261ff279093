/** The port of progress: who shows a person how far an execution has come is told here, step by step. */

/** The steps of an execution, in their order. Each is announced when its effects are durable. */
export type ExecutionStep =
  | 'held'
  | 'claimed'
  | 'looked'
  | 'authorised'
  | 'opened'
  | 'previewed'
  | 'probed'
  | 'intended'
  | 'reprobed'
  | 'started'
  | 'launched'
  | 'output'
  | 'ended'
  | 'observed'
  | 'concluded'
  | 'finished';

/**
 * Is told of each step, and waited for, before the next one begins.
 *
 * Must not throw: it only watches. Surfaces print a line; the kill tests end the process here, which is the one way to show that
 * no step leaves anything behind that the next start can't put right.
 */
export interface Progress {
  reached(step: ExecutionStep, proposal: string): void | Promise<void>;
}

/** Watches nothing. */
export const SILENT: Progress = { reached: () => undefined };
