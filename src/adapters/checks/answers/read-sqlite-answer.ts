/** Reads what a SQLite database holds. */

import { canonicalJson, type Json, type Sha256Hex } from '../../../kernel/index.ts';
import type { SqliteQuestion } from '../../../tools/index.ts';
import { type Reading, unknownReading } from './reading.ts';

/** What was read of a database: the rows of a query, or its shape. */
export type SqliteSeen =
  | { readonly kind: 'rows'; readonly rows: readonly (readonly Json[])[]; readonly isTruncated: boolean }
  | {
      readonly kind: 'shape';
      readonly schemaDigest: Sha256Hex;
      readonly tables: readonly { readonly name: string; readonly rows: number; readonly digest: Sha256Hex }[];
    }
  | { readonly kind: 'unreadable'; readonly why: string };

/**
 * Reads rows or a shape.
 *
 * Rows are compared in order. `scalar` asks for exactly one row of exactly one value. More rows than are read are unknown. Of a
 * shape, everything that is named must hold and the rest is not looked at; a named table that is not there is red.
 */
export function readSqliteAnswer(question: SqliteQuestion, seen: SqliteSeen): Reading {
  if (seen.kind === 'unreadable') return unknownReading(seen.why);
  if ('query' in question) {
    return seen.kind === 'rows' ? readRows(question, seen) : unknownReading('a shape came where rows were asked for');
  }
  return seen.kind === 'shape' ? readShape(question, seen) : unknownReading('rows came where a shape was asked for');
}

type RowsQuestion = Extract<SqliteQuestion, { readonly query: string }>;
type ShapeQuestion = Exclude<SqliteQuestion, RowsQuestion>;

function readRows(question: RowsQuestion, seen: Extract<SqliteSeen, { readonly kind: 'rows' }>): Reading {
  if (seen.isTruncated) return unknownReading('the query yields more rows than are read', { rows: seen.rows.length });
  const expected: Json = 'scalar' in question.expect ? [[question.expect.scalar]] : question.expect.rows;
  const isMet = canonicalJson(seen.rows) === canonicalJson(expected);
  return {
    answer: isMet ? 'green' : 'red',
    detail: isMet
      ? 'the query answers as expected'
      : `the query's ${count(seen.rows.length, 'row')} are not as expected`,
    facts: { rows: seen.rows.length },
    excerpts: { values: canonicalJson(seen.rows) },
    projection: { rows: seen.rows },
  };
}

function readShape(question: ShapeQuestion, seen: Extract<SqliteSeen, { readonly kind: 'shape' }>): Reading {
  const { schemaDigest, rowCounts = {}, tableDigests = {} } = question.expect;
  const found = new Map(seen.tables.map((table) => [table.name, table]));
  const misses = [
    ...(schemaDigest === undefined || schemaDigest === seen.schemaDigest ? [] : ['the schema is not as expected']),
    ...Object.entries(rowCounts).flatMap(([name, rows]) => {
      const now = found.get(name)?.rows;
      return now === rows
        ? []
        : [`${name} has ${now === undefined ? 'no table' : count(now, 'row')}, not ${count(rows, 'row')}`];
    }),
    ...Object.entries(tableDigests).flatMap(([name, digest]) =>
      found.get(name)?.digest === digest ? [] : [`the rows of ${name} are not as expected`],
    ),
  ];
  const rows = Object.fromEntries(
    Object.keys(rowCounts).map((name): [string, Json] => [name, found.get(name)?.rows ?? null]),
  );
  const digests = Object.fromEntries(
    Object.keys(tableDigests).map((name): [string, Json] => [name, found.get(name)?.digest ?? null]),
  );
  return {
    answer: misses.length === 0 ? 'green' : 'red',
    detail: misses.join('; ') || 'the database is as expected',
    facts: { schemaDigest: seen.schemaDigest, tables: Object.keys(rows).length + Object.keys(digests).length },
    excerpts: { rows: canonicalJson(rows) },
    projection: { schema: schemaDigest === undefined ? null : seen.schemaDigest, rows, digests },
  };
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
