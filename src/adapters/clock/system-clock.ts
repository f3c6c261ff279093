/** The machine's own clock. The one place that reads it. */

import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, invariant } from '../../kernel/index.ts';

/** Reads the system's wall clock and waits on its timers. */
export function systemClock(): Clock {
  return { nowMs: () => Date.now(), wait };
}

async function wait(durationMs: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(durationMs, undefined, signal === undefined ? {} : { signal });
  } catch (thrown) {
    // An aborted wait is a wait that is over: the port never rejects.
    invariant(signal?.aborted === true, `a timer failed: ${String(thrown)}`);
  }
}
