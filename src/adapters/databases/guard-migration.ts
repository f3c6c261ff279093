/** Keeps a migration inside its transaction and its database, by SQLite's own compiler and not by reading its text. */

import { constants, type DatabaseSync } from 'node:sqlite';

/** Notes of what the statements touch, as the compiler meets it. */
export type TouchNotes = {
  readonly tables: Set<string>;
  readonly deletedFrom: Set<string>;
  readonly functions: Set<string>;
};

const FORBIDDEN: ReadonlySet<number> = new Set([
  constants.SQLITE_TRANSACTION,
  constants.SQLITE_SAVEPOINT,
  constants.SQLITE_ATTACH,
  constants.SQLITE_DETACH,
]);

const ALLOWED_PRAGMAS: ReadonlySet<string> = new Set(['user_version', 'defer_foreign_keys']);

const TOUCHING: ReadonlySet<number> = new Set([
  constants.SQLITE_READ,
  constants.SQLITE_INSERT,
  constants.SQLITE_UPDATE,
  constants.SQLITE_DELETE,
  constants.SQLITE_DROP_TABLE,
]);

/**
 * Denies what would leave the transaction or the database, and notes what is touched.
 *
 * @returns lifts the guard, for the commit
 */
export function guardMigration(database: DatabaseSync, notes: TouchNotes): () => void {
  database.setAuthorizer((action, first, second, schema) => {
    if (FORBIDDEN.has(action)) return constants.SQLITE_DENY;
    if (action === constants.SQLITE_PRAGMA && !ALLOWED_PRAGMAS.has((first ?? '').toLowerCase())) {
      return constants.SQLITE_DENY;
    }
    if (action === constants.SQLITE_FUNCTION) {
      if (second?.toLowerCase() === 'load_extension') return constants.SQLITE_DENY;
      notes.functions.add((second ?? '').toLowerCase());
    }
    noteTable(notes, action, first, second, schema);
    return constants.SQLITE_OK;
  });
  return () => database.setAuthorizer(null);
}

function noteTable(notes: TouchNotes, action: number, ...[first, second, schema]: readonly (string | null)[]): void {
  // An alteration names the schema first and the table second; everything else names the table first.
  const name = action === constants.SQLITE_ALTER_TABLE ? second : TOUCHING.has(action) ? first : undefined;
  const isMain = action === constants.SQLITE_ALTER_TABLE ? first === 'main' : schema === 'main';
  if (!isMain || name === null || name === undefined || name.startsWith('sqlite_')) return;
  notes.tables.add(name);
  if (action === constants.SQLITE_DELETE) notes.deletedFrom.add(name);
}
