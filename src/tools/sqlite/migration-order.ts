/** The order that the migration program gets: which statements, and what the database must be when they begin. */

import type { DatabaseShape, MigrationOrder } from './databases.ts';
import type { MigrationReading } from './read-migration.ts';

const WAIT_FOR_LOCK_MS = 10_000;

/**
 * Writes an order.
 *
 * @param before  the shape that the program must find once it holds the write lock; `undefined` for a rehearsal on a copy
 */
export function migrationOrder(
  reading: Extract<MigrationReading, { readonly kind: 'migration' }>,
  before: DatabaseShape | undefined,
): MigrationOrder {
  const tables = before?.tables.map(({ name, rows, digest }) => ({ name, rows, digest })) ?? [];
  return {
    schema: 'countersign.migration/1',
    expect: before === undefined ? null : { schemaDigest: before.schemaDigest, tables },
    foreignKeys: reading.foreignKeys,
    waitForLockMs: WAIT_FOR_LOCK_MS,
    statements: reading.statements,
  };
}
