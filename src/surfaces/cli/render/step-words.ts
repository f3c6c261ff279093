/** What a runner is doing, step by step, for the person who watches. */

import type { ExecutionStep } from '../../../loop/execute/index.ts';

/** Every step of an execution, in words. */
export const STEP_WORDS: Readonly<Record<ExecutionStep, string>> = {
  held: 'this process holds the execution',
  claimed: 'the target is locked for it',
  looked: 'the verifier has looked at the world before',
  opened: 'the bundle is opened in a private copy',
  previewed: 'the preview is the approved one, recomputed',
  authorised: 'signatures, quorum and policy hold',
  probed: 'every sealed fact is still true',
  intended: 'nonces and intent are durable: from here on it can never run again',
  reprobed: 'every sealed fact is still true, a last time',
  started: 'the start is recorded',
  launched: 'the tool runs',
  output: 'the tool said something',
  ended: 'the tool has ended',
  observed: 'the outcome is read from its stream and state',
  concluded: 'the outcome stands in the ledger',
  finished: 'the outcome is recorded',
};
