/** The outcome of a migration, from the program's own stream: all of it took effect, nothing did, or nobody can tell (L6). */

import { type Outcome, type Preview, type ResourceStatus, visibleLine } from '../../kernel/index.ts';
import type { ExecutionTrace } from '../driver.ts';
import type { MigrationEvent } from './databases.ts';
import { readMigrationEvents } from './migration-events.ts';

type Reading = {
  readonly kind: Outcome['kind'];
  readonly status: ResourceStatus;
  readonly because: string;
};

/**
 * Reads the outcome.
 *
 * A transaction is whole or not at all, so it is never `partial`. Without a last word from the program it is `indeterminate`, also
 * where it died long before its commit: the stream that would say so may be what was lost.
 */
export function migrationOutcome(preview: Preview, trace: ExecutionTrace): Outcome {
  const { kind, status, because } = read(trace);
  return {
    kind,
    resources: preview.resources.map(({ address, action }) => ({ address, action, status })),
    end: trace.end,
    because: [because],
    evidence: [],
  };
}

function read(trace: ExecutionTrace): Reading {
  if (trace.end.kind === 'not-started') {
    return { kind: 'no-effect', status: 'not-attempted', because: `it never started: ${visibleLine(trace.end.why)}` };
  }
  const { events, isWhole } = readMigrationEvents(trace.stdout);
  const last = isWhole ? events.at(-1) : undefined;
  if (trace.survivors > 0) return unknown('a process of the migration was still alive when its leader had ended');
  switch (last?.event) {
    case 'committed':
      return { kind: 'completed', status: 'done', because: 'the transaction was committed' };
    case 'not-begun':
      return {
        kind: 'no-effect',
        status: 'not-attempted',
        because: `the transaction never began: ${visibleLine(last.why)}`,
      };
    case 'rolled-back':
      return { kind: 'no-effect', status: 'errored', because: `it was rolled back: ${rolledBack(last)}` };
    default:
      return unknown('the program ended without saying whether it committed');
  }
}

function rolledBack(event: Extract<MigrationEvent, { readonly event: 'rolled-back' }>): string {
  const where = event.line === undefined ? '' : `statement at line ${event.line}, column ${event.column ?? 1}: `;
  return `${where}${visibleLine(event.why)}`;
}

function unknown(because: string): Reading {
  return { kind: 'indeterminate', status: 'unknown', because };
}
