/** Asks a SQLite database, opened for reading only. */

import { stat } from 'node:fs/promises';
import type { SqliteQuestion } from '../../tools/index.ts';
import { nodeDatabases } from '../databases/node-databases.ts';
import { readSqliteAnswer, type SqliteSeen } from './answers/read-sqlite-answer.ts';
import type { Reading } from './answers/reading.ts';
import { NOT_OPEN } from './discretion.ts';
import { everybodyMayRead } from './everybody-may-read.ts';
import { realOrNearest, refusePath } from './refuse-path.ts';
import type { WorkerOrder } from './worker-protocol.ts';

const MOST_ROWS = 1000;

type Bounds = Pick<WorkerOrder, 'keepOut' | 'mustBeOpen'>;

/** Puts the query, or reads the shape. @throws Failure `NOT_FOUND`, `TOOL_FAILED` */
export async function askSqlite(question: SqliteQuestion, bounds: Bounds): Promise<Reading> {
  const before = await examine(question.path, bounds);
  if (before.kind === 'refused') return readSqliteAnswer(question, { kind: 'unreadable', why: before.why });
  const seen = await look({ ...question, path: before.real });
  const after = await examine(question.path, bounds);
  // The engine opens by name: only what was the same file before and after was surely the one that it read.
  const isSame = after.kind === 'database' && after.identity === before.identity;
  if (!isSame) return readSqliteAnswer(question, { kind: 'unreadable', why: 'it was replaced while it was looked at' });
  return readSqliteAnswer(question, seen);
}

type Examined =
  | { readonly kind: 'database'; readonly real: string; readonly identity: string }
  | { readonly kind: 'refused'; readonly why: string };

async function examine(path: string, { keepOut, mustBeOpen }: Bounds): Promise<Examined> {
  const why = await refusePath(path, keepOut);
  if (why !== undefined) return { kind: 'refused', why };
  const real = await realOrNearest(path);
  if (mustBeOpen && !(await everybodyMayRead(real))) return { kind: 'refused', why: NOT_OPEN };
  try {
    const found = await stat(real, { bigint: true });
    // The engine would wait for ever at a pipe without a writer.
    if (!found.isFile()) return { kind: 'refused', why: 'it is no file' };
    return { kind: 'database', real, identity: `${real} ${found.dev} ${found.ino}` };
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
    return { kind: 'refused', why: code === 'ENOENT' ? 'there is no database' : `it can't be read: ${code}` };
  }
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
