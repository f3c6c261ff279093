/** Takes a job and never finishes it: `node hanging-worker.ts PATH`. */

import { openSqliteJobs, systemClock, systemRandom } from '../../../src/adapters/index.ts';

const { jobs } = await openSqliteJobs({ path: process.argv[2] ?? '', clock: systemClock(), random: systemRandom() });
const options = { leaseMs: 300, pollMs: 5, signal: new AbortController().signal, onTrouble: () => undefined };
await jobs.work('wake', options, async (job) => {
  process.stdout.write(`took ${job.key}\n`);
  await systemClock().wait(3_600_000);
});
