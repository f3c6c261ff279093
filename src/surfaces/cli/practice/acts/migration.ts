/** Act: a migration of a live database, proven by the service that was red without it. */

import { EXIT } from '../../../../kernel/index.ts';
import type { Act, ProgramStep } from '../act.ts';
import type { Place } from '../place.ts';
import { DATABASE_TARGET } from '../practice-trust.ts';
import { approveStep, executeStep, verifyStep } from './person-steps.ts';

/** The migration act. */
export function migrationAct(place: Place): Act {
  const check = `{id: by-priority, http: {url: "${place.url}/orders/by-priority", expect: {status: 200, body: {jsonPath: "0.priority", equals: high}}}}`;
  return {
    title: 'Act 1: a migration',
    steps: [
      {
        kind: 'tell',
        text: 'The scripted agent was asked why the order desk has no list by priority. It may read whatever it likes.',
      },
      readStep('/health', 200),
      readStep('/orders/by-priority', 503),
      {
        kind: 'agent-says',
        text: 'The code asks for orders.priority; the schema has no such column. I write a migration.',
      },
      { kind: 'write', example: 'add-priority.sql', path: 'work/add-priority.sql' },
      {
        kind: 'tell',
        text: 'It proposes the migration. It is tried on a copy and sealed; the database itself is not touched. It also says how\nanybody could tell that it worked: a question to the service that is answered with 503 now, so it is red.',
      },
      {
        kind: 'command',
        by: 'agent',
        args: [
          ...['propose', 'sqlite', '--database', 'desk/orders.db', '--migration', 'work/add-priority.sql'],
          ...['--target', DATABASE_TARGET, '--intent', 'orders get a priority', '--check', check],
        ],
        exit: EXIT.done,
        saves: 'migration',
      },
      approveStep('migration', DATABASE_TARGET),
      executeStep('migration', EXIT.done),
      verifyStep('migration', EXIT.done),
      {
        kind: 'tell',
        text: 'What the runner observed and what the verifier found are two answers from two processes. They are never merged.',
      },
      {
        kind: 'settled',
        proposal: 'migration',
        row: 'the migration',
        expected: { state: 'closed', outcome: 'completed', verdict: 'confirmed' },
      },
      readStep('/orders/by-priority', 200),
    ],
  };
}

function readStep(path: string, status: 200 | 503): ProgramStep {
  return { kind: 'program', by: 'agent', argv: ['desk', path], exit: status === 200 ? 0 : 1, says: `${status} ` };
}
