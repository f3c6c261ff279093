/** Asks a SQLite database, opened for reading only. */

import type { SqliteQuestion } from '../../tools/index.ts';
import { nodeDatabases } from '../databases/node-databases.ts';
import { readSqliteAnswer, type SqliteSeen } from './answers/read-sqlite-answer.ts';
import type { Reading } from './answers/reading.ts';
import { refusePath } from './refuse-path.ts';

const MOST_ROWS = 1000;

/** Puts the query, or reads the shape. @throws Failure `NOT_FOUND`, `TOOL_FAILED` */
export async function askSqlite(question: SqliteQuestion, keepOut: readonly string[]): Promise<Reading> {
  const why = await refusePath(question.path, keepOut);
  return readSqliteAnswer(question, why === undefined ? await look(question) : { kind: 'unreadable', why });
}

async function look(question: SqliteQuestion): Promise<SqliteSeen> {
  const databases = nodeDatabases();
  if ('query' in question) {
    const { rows, isTruncated } = await databases.query(question.path, question.query, MOST_ROWS);
    return { kind: 'rows', rows, isTruncated };
  }
  const { rowCounts = {}, tableDigests = {} } = question.expect;
  const tables = [...new Set([...Object.keys(rowCounts), ...Object.keys(tableDigests)])];
  const shape = await databases.inspect(question.path, tables);
  return { kind: 'shape', schemaDigest: shape.schemaDigest, tables: shape.tables };
}
