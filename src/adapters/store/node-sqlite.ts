/** Hands node:sqlite to Kysely's own SQLite dialect, which expects the shape of another driver. */

import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { SqliteDatabase, SqliteStatement } from 'kysely';
import { invariant } from '../../kernel/index.ts';

/** Wraps an open database. Statements are prepared once per SQL text. */
export function kyselyDatabase(database: DatabaseSync): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>();
  return {
    close: () => database.close(),
    prepare: (sql) => {
      const known = prepared.get(sql);
      if (known !== undefined) return known;
      const statement = kyselyStatement(database.prepare(sql));
      prepared.set(sql, statement);
      return statement;
    },
  };
}

function kyselyStatement(statement: StatementSync): SqliteStatement {
  const names = statement.columns().map((column) => column.name);
  // Rows as arrays, made into objects here: node:sqlite's own row objects have no prototype and are slow to read from.
  statement.setReturnArrays(true);
  return {
    reader: names.length > 0,
    all: (parameters) => statement.all(...bound(parameters)).map((values) => rowOf(names, values)),
    run: (parameters) => statement.run(...bound(parameters)),
    iterate: function* (parameters) {
      for (const values of statement.iterate(...bound(parameters))) yield rowOf(names, values);
    },
  };
}

function rowOf(names: readonly string[], values: unknown): object {
  invariant(Array.isArray(values), 'rows come as arrays');
  const row: Record<string, unknown> = {};
  for (let index = 0; index < names.length; index += 1) row[names[index] ?? ''] = values[index];
  return row;
}

function bound(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters.map((value) => {
    if (value === null || typeof value === 'string' || typeof value === 'number') return value;
    invariant(false, `a ${typeof value} was bound to a statement of the store`);
    return null;
  });
}
