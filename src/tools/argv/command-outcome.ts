/** The outcome of a command. It has no words of its own that could be trusted, so very little can be said of it (L6). */

import type { Outcome, ResourceStatus } from '../../kernel/index.ts';
import type { ExecutionTrace } from '../driver.ts';

type Reading = Pick<Outcome, 'kind' | 'because'> & { readonly status: ResourceStatus };

/**
 * Classifies the end of a command.
 *
 * `completed` says that it ended by itself with exit code 0 and left no process behind; whether the world is as approved is the
 * verdict's part. Every other end of a command that began is `indeterminate`: what it had done by then is not known.
 */
export function commandOutcome(trace: ExecutionTrace): Outcome {
  const { status, ...reading } = read(trace);
  return { ...reading, resources: [{ address: 'command', action: 'run', status }], end: trace.end, evidence: [] };
}

function read(trace: ExecutionTrace): Reading {
  const { end, survivors } = trace;
  switch (end.kind) {
    case 'not-started':
      return { kind: 'no-effect', status: 'not-attempted', because: [`it never started: ${end.why}`] };
    case 'lost':
      return unknown('nobody saw how it ended');
    case 'signalled':
      return unknown(`it was stopped by ${end.signal}; what it had done by then is not known`);
    case 'exited':
      if (end.code !== 0) return unknown(`it ended with exit code ${end.code}; what it had done by then is not known`);
      if (survivors > 0) return unknown(`it ended with exit code 0 and left ${survivors} processes that go on`);
      return { kind: 'completed', status: 'done', because: ['it ended with exit code 0 and left no process behind'] };
  }
}

function unknown(why: string): Reading {
  return { kind: 'indeterminate', status: 'unknown', because: [why] };
}
