/** What every queue must do. Another adapter passes it unchanged: call it with a factory. */

import { expect } from 'vitest';
import type { Job, Jobs, WorkOptions } from '../../src/kernel/index.ts';

/** An empty queue and its clock. */
export type JobsUnderTest = {
  readonly jobs: Jobs;
  nowMs(): number;
  /** Another view of the same queue, as a second process would have. */
  reopen(): Promise<Jobs>;
};

type Fresh = () => Promise<JobsUnderTest>;

/** The promises, by name; the test file gives each its title. */
export const JOBS_CONTRACT = {
  async dueInOrder(fresh: Fresh) {
    const under = await fresh();
    const now = under.nowMs();
    await under.jobs.enqueue(job('b', now - 10));
    await under.jobs.enqueue(job('a', now - 20));
    await under.jobs.enqueue(job('never', now + 3_600_000));
    await under.jobs.enqueue({ ...job('elsewhere', now - 30), queue: 'other' });
    const worker = working(under.jobs);
    await worker.until(() => worker.done.length === 2);
    expect(worker.done.map((one) => [one.key, one.payload, one.attempt])).toEqual([
      ['a', { of: 'a' }, 1],
      ['b', { of: 'b' }, 1],
    ]);
    await worker.stop();
    const another = working(await under.reopen(), { queue: 'other' });
    await another.until(() => another.done.length === 1);
    expect(another.done[0]?.key).toBe('elsewhere');
    await another.stop();
  },

  async waitsForItsTime(fresh: Fresh) {
    const under = await fresh();
    const dueAtMs = under.nowMs() + 150;
    await under.jobs.enqueue(job('later', dueAtMs));
    const worker = working(under.jobs);
    await worker.until(() => worker.done.length === 1);
    expect(under.nowMs()).toBeGreaterThanOrEqual(dueAtMs);
    await worker.stop();
  },

  async deduplicates(fresh: Fresh) {
    const under = await fresh();
    const now = under.nowMs();
    expect(await under.jobs.enqueue(job('a', now + 3_600_000))).toBe('queued');
    expect(await under.jobs.enqueue({ ...job('a', now - 5), payload: { newer: true } })).toBe('known');
    expect(await under.jobs.enqueue({ ...job('a', now + 50_000), payload: { newest: true } })).toBe('known');
    const worker = working(under.jobs);
    await worker.until(() => worker.done.length === 1);
    expect(worker.done[0]?.payload).toEqual({ newest: true });
    await under.jobs.enqueue(job('last', now));
    await worker.until(() => worker.done.length === 2);
    expect(worker.done.map((one) => one.key)).toEqual(['a', 'last']);
    await worker.stop();
  },

  async againWhileRunning(fresh: Fresh) {
    const under = await fresh();
    const gate = Promise.withResolvers<void>();
    await under.jobs.enqueue(job('a', under.nowMs()));
    const worker = working(under.jobs, { handle: () => gate.promise });
    await worker.until(() => worker.begun.length === 1);
    expect(await under.jobs.enqueue({ ...job('a', under.nowMs()), payload: { again: 1 } })).toBe('queued');
    expect(await under.jobs.enqueue({ ...job('a', under.nowMs()), payload: { again: 2 } })).toBe('known');
    gate.resolve();
    await worker.until(() => worker.done.length === 2);
    expect(worker.done.map((one) => [one.payload, one.attempt])).toEqual([
      [{ of: 'a' }, 1],
      [{ again: 2 }, 1],
    ]);
    await worker.stop();
  },

  async triesAgain(fresh: Fresh) {
    const under = await fresh();
    await under.jobs.enqueue(job('a', under.nowMs()));
    const trouble: unknown[] = [];
    const worker = working(under.jobs, {
      handle: async (one) => {
        if (one.attempt === 1) throw new TypeError('not this time');
      },
      onTrouble: (one, thrown) => trouble.push(one.key, thrown),
    });
    await worker.until(() => worker.done.length === 1);
    expect(worker.begun.map((one) => one.attempt)).toEqual([1, 2]);
    expect(trouble).toEqual(['a', expect.objectContaining({ message: 'not this time' })]);
    await worker.stop();
  },

  async neverTwoAtATime(fresh: Fresh) {
    const under = await fresh();
    const gate = Promise.withResolvers<void>();
    await under.jobs.enqueue(job('slow', under.nowMs()));
    const first = working(under.jobs, { leaseMs: 1_500, handle: () => gate.promise });
    await first.until(() => first.begun.length === 1);
    const second = working(await under.reopen(), { leaseMs: 1_500 });
    await under.jobs.enqueue(job('marker', under.nowMs() + 4_000));
    // Two leases and more later the second worker has had its chance: it took the marker and left the slow job alone.
    await second.until(() => second.done.length === 1);
    expect(second.done.map((one) => one.key)).toEqual(['marker']);
    gate.resolve();
    await first.until(() => first.done.length === 1);
    await Promise.all([first.stop(), second.stop()]);
    expect([...first.begun, ...second.begun].map((one) => one.key).sort()).toEqual(['marker', 'slow']);
  },
} as const;

/** Asks for a job of the queue that `working` works on. */
export function job(key: string, dueAtMs: number): Parameters<Jobs['enqueue']>[0] {
  return { queue: 'wake', key, payload: { of: key }, dueAtMs };
}

/** A worker that remembers what it did. */
export type Working = {
  readonly begun: Job[];
  readonly done: Job[];
  until(condition: () => boolean): Promise<void>;
  stop(): Promise<void>;
};

/** Starts a worker. */
export function working(
  jobs: Jobs,
  with_: {
    readonly queue?: string;
    readonly leaseMs?: number;
    readonly handle?: (job: Job) => Promise<void>;
    readonly onTrouble?: WorkOptions['onTrouble'];
  } = {},
): Working {
  const begun: Job[] = [];
  const done: Job[] = [];
  const stopping = new AbortController();
  const options: WorkOptions = {
    leaseMs: with_.leaseMs ?? 60_000,
    pollMs: 10,
    signal: stopping.signal,
    onTrouble: with_.onTrouble ?? ((one, thrown) => expect.unreachable(`${one.key}: ${String(thrown)}`)),
  };
  const over = jobs.work(with_.queue ?? 'wake', options, async (one) => {
    begun.push(one);
    await with_.handle?.(one);
    done.push(one);
  });
  return {
    begun,
    done,
    until: (condition) => Promise.race([until(condition), over.then(() => expect.unreachable('the worker ended'))]),
    stop: async () => {
      stopping.abort();
      await over;
    },
  };
}

/** Polls a condition until a deadline. */
export async function until(condition: () => boolean | Promise<boolean>, deadlineMs = 20_000): Promise<void> {
  for (const endMs = Date.now() + deadlineMs; !(await condition()); ) {
    if (Date.now() > endMs) expect.unreachable('the condition did not come true in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
