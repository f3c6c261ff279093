/** Has the runner destroy what must not outlive a proposal, in a process of its own: whoever verifies never holds its code. */

import { mayUse, ownCommand } from '../adapters/index.ts';
import { type Base, setVariables } from './base.ts';

const TIMEOUT_MS = 120_000;
const MOST_OUTPUT_BYTES = 64 * 1024;

/**
 * Sweeps one proposal where this machine's runner is this account's.
 *
 * Elsewhere the runner service sweeps by itself; whatever is missed here it finds later.
 *
 * @returns whether a runner was asked and says that no secrets are left
 */
export async function sweepProposal(base: Base, proposal: string): Promise<boolean> {
  if (!(await mayUse(base.homes.runner))) return false;
  const [file, ...args] = ownCommand();
  const { end } = await base.machine.processes.run({
    file,
    args: [...args, 'sweep', proposal],
    directory: base.homes.state,
    environment: setVariables(base.environment),
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: MOST_OUTPUT_BYTES,
  });
  return end.kind === 'exited' && end.code === 0;
}
