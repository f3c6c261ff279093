/** A runner that is killed with `kill -9` at one step of the sequence: argv is the proposal and the step. */

import { compose } from '../../../src/compose.ts';
import { executeApproved } from '../../../src/loop/execute/index.ts';

const [proposal = '', deadly = ''] = process.argv.slice(2);
const parts = await compose(process.env).executing({
  reached: (step) => {
    if (step === deadly) process.kill(process.pid, 'SIGKILL');
  },
});
await executeApproved(parts, proposal, new AbortController().signal);
