/** Reads cells of rows that SQLite returned, by the type that the query promises. */

import { invariant } from '../../kernel/index.ts';

/** The text in a named column. */
export function textIn(row: Readonly<Record<string, unknown>>, column: string): string {
  const value = row[column];
  invariant(typeof value === 'string', `the column ${column} is not text`);
  return value;
}

/** The integer in a named column. */
export function numberIn(row: Readonly<Record<string, unknown>>, column: string): number {
  const value = row[column];
  invariant(typeof value === 'number', `the column ${column} is not a number`);
  return value;
}
