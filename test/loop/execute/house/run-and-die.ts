/** A runner in a process of its own, which dies by `kill -9` at a step: `node run-and-die.ts ROOT PROPOSAL [STEP]`. */

import { isFailure } from '../../../../src/kernel/index.ts';
import { executeApproved } from '../../../../src/loop/execute/index.ts';
import { openHouse } from './open-house.ts';

const [root, proposal, step] = process.argv.slice(2);
if (root === undefined || proposal === undefined) throw new TypeError('usage: run-and-die.ts ROOT PROPOSAL [STEP]');

const house = await openHouse(root, () => ({
  progress: {
    reached: (reached) => {
      if (reached === step) process.kill(process.pid, 'SIGKILL');
    },
  },
}));
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
try {
  const answer = await executeApproved(house.parts, proposal, stop.signal);
  const told = answer.kind === 'executed' ? answer.outcome.kind : answer.kind === 'refused' ? answer.code : 'stale';
  process.stdout.write(`${answer.kind} ${told}\n`);
} catch (thrown) {
  process.stdout.write(`failed ${isFailure(thrown) ? thrown.code : String(thrown)}\n`);
}
await house.close();
