/**
 * Jobs: wake somebody up at a time. They carry no truth: the state machine and the runner's ledger decide what may happen,
 * because no queue delivers at most once.
 */

import type { JsonObject } from '../json.ts';

/** What is to be done, and when. */
export type JobRequest = {
  readonly queue: string;
  /** Names the job within its queue: asking twice while it waits is asking once. */
  readonly key: string;
  readonly payload: JsonObject;
  readonly dueAtMs: number;
};

/** A job in the hands of a worker. */
export type Job = {
  readonly queue: string;
  readonly key: string;
  readonly payload: JsonObject;
  /** 1 the first time. */
  readonly attempt: number;
};

/** How a worker works. */
export type WorkOptions = {
  /** A worker that was not heard of for this long has lost its job to others; renewed while the handler runs. */
  readonly leaseMs: number;
  /** How often an idle worker looks. */
  readonly pollMs: number;
  /** Stops taking jobs; the job in hand is finished first. */
  readonly signal: AbortSignal;
  /** Told of every handler that threw, before the job is put back. Must not throw. */
  readonly onTrouble: (job: Job, thrown: unknown) => void;
};

/**
 * A queue of keyed jobs, delivered at least once and never to two live workers at a time.
 *
 * - a job is handed out when it is due, oldest due first, and is gone when its handler resolves
 * - a handler that throws, or a worker that dies, leads to another attempt, later each time
 * - a job that is asked for again while a worker has it runs once more afterwards
 */
export interface Jobs {
  /**
   * Durable when it resolves. `known`: the same job waited already; the earlier of the two times and the newer payload hold.
   *
   * @throws Failure `STORE_BUSY`, `STORE_WRITE_FAILED`
   */
  enqueue(request: JobRequest): Promise<'queued' | 'known'>;
  /** Works on one queue, one job at a time, until the signal aborts. @throws Failure `STORE_BUSY`, `STORE_WRITE_FAILED` */
  work(queue: string, options: WorkOptions, handle: (job: Job) => Promise<void>): Promise<void>;
}
