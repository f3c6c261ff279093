/** The driver's own check: the database is what the rehearsal made of its copy. Red before the migration by construction. */

import type { CheckSpec } from '../../kernel/index.ts';
import type { TableContent } from './databases.ts';
import type { Rehearsal } from './rehearsal.ts';
import { unpredictableCalls } from './unpredictable-calls.ts';

const TIMEOUT_MS = 60_000;

/**
 * Declares the check: the schema, the row counts that change, and the rows themselves where only they change and can be foreseen.
 *
 * @returns `undefined` when everything that changes is what nobody can foresee: only the proposer's own checks can tell then
 */
export function rehearsalCheck(path: string, rehearsal: Rehearsal, migration: string): CheckSpec | undefined {
  const { before, after } = rehearsal;
  const changed = after.tables.filter((table) => was(rehearsal, table)?.digest !== table.digest);
  const counted = changed.filter((table) => was(rehearsal, table)?.rows !== table.rows);
  const isPredictable = unpredictableCalls(rehearsal, migration).length === 0;
  const rewritten = isPredictable ? changed.filter((table) => !counted.includes(table)) : [];
  const isSchemaChanged = before.schemaDigest !== after.schemaDigest;
  if (!isSchemaChanged && counted.length === 0 && rewritten.length === 0) return undefined;
  return {
    id: 'as-rehearsed',
    kind: 'sqlite',
    claim: 'the database has the schema and the rows that the rehearsal on a copy ended with',
    origin: 'driver',
    question: {
      path,
      expect: {
        schemaDigest: after.schemaDigest,
        ...(counted.length === 0 ? {} : { rowCounts: byName(counted, (table) => table.rows) }),
        ...(rewritten.length === 0 ? {} : { tableDigests: byName(rewritten, (table) => table.digest) }),
      },
    },
    timeoutMs: TIMEOUT_MS,
  };
}

function was(rehearsal: Rehearsal, table: TableContent): TableContent | undefined {
  return rehearsal.before.tables.find((one) => one.name === table.name);
}

function byName<T>(tables: readonly TableContent[], pick: (table: TableContent) => T): Readonly<Record<string, T>> {
  return Object.fromEntries(tables.map((table) => [table.name, pick(table)]));
}
