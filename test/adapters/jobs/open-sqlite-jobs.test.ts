import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSqliteJobs, systemClock, systemRandom } from '../../../src/adapters/index.ts';
import { type JobsUnderTest, job, JOBS_CONTRACT as PROMISES, working } from '../../contracts/jobs.ts';
import { afterwards, temporaryDirectory } from '../../support/temporary.ts';

async function fresh(): Promise<JobsUnderTest & { readonly path: string }> {
  const path = join(temporaryDirectory(), 'jobs.db');
  const open = async (): Promise<JobsUnderTest['jobs']> => {
    const { jobs, close } = await openSqliteJobs({ path, clock: systemClock(), random: systemRandom() });
    afterwards(close);
    return jobs;
  };
  return { path, jobs: await open(), nowMs: () => Date.now(), reopen: open };
}

test('[JOBS-01] due jobs are handed out oldest first', () => PROMISES.dueInOrder(fresh));
test('[JOBS-01] a job waits for its time', () => PROMISES.waitsForItsTime(fresh));
test('[JOBS-02] asking twice is asking once', () => PROMISES.deduplicates(fresh));
test('[JOBS-02] a job asked for while it runs runs once more', () => PROMISES.againWhileRunning(fresh));
test('[JOBS-03] a failed job is tried again', () => PROMISES.triesAgain(fresh));
test('[JOBS-03] a slow worker keeps its job', () => PROMISES.neverTwoAtATime(fresh));

test('[JOBS-03] the job of a killed worker goes to another one', async () => {
  const { jobs, path, nowMs } = await fresh();
  await jobs.enqueue(job('a', nowMs()));
  const worker = spawn(process.execPath, [join(import.meta.dirname, 'hanging-worker.ts'), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {},
  });
  const [line] = await once(worker.stdout, 'data');
  expect(String(line)).toBe('took a\n');
  worker.kill('SIGKILL');
  await once(worker, 'exit');
  const another = working(jobs);
  await another.until(() => another.done.length === 1);
  expect(another.done).toEqual([{ queue: 'wake', key: 'a', payload: { of: 'a' }, attempt: 2 }]);
  await another.stop();
});
