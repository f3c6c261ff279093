/** SQLite databases through Node's own engine, opened for reading only. */

import { existsSync } from 'node:fs';
import { backup, constants, DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { Failure, type Json } from '../../kernel/index.ts';
import type { Databases, QueryAnswer } from '../../tools/index.ts';
import { readShape } from './read-shape.ts';

const WAIT_FOR_LOCK_MS = 10_000;
/** Of one value, stored or made: a gigabyte is one call away in SQL. */
const MOST_VALUE_BYTES = 64 * 1024 * 1024;
/** Of all values of an answer together. */
const MOST_CHARACTERS = 16 * 1024 * 1024;
// SQLITE_READONLY_ROLLBACK: a writer died in the middle, and its journal must be rolled back before anything can be read.
const NEEDS_ROLLBACK = 776;

/** What a reading statement may do, asked of SQLite's own compiler. */
const READING: ReadonlySet<number> = new Set([
  constants.SQLITE_SELECT,
  constants.SQLITE_READ,
  constants.SQLITE_FUNCTION,
  constants.SQLITE_RECURSIVE,
]);

/** Opens SQLite databases for reading. */
export function nodeDatabases(): Databases {
  return {
    inspect: (path, tables) => reading(path, async (database) => readShape(database, tables)),
    copy,
    query: (path, sql, maxRows) => reading(path, async (database) => query(database, sql, maxRows)),
  };
}

async function copy(from: string, to: string): Promise<void> {
  await named(from, async () => {
    const source = openForReading(from);
    try {
      await backup(source, to);
    } finally {
      source.close();
    }
  });
}

async function reading<T>(path: string, read: (database: DatabaseSync) => Promise<T>): Promise<T> {
  return await named(path, async () => {
    const database = openForReading(path);
    try {
      database.exec('begin');
      return await read(database);
    } finally {
      database.close();
    }
  });
}

// Where a dead writer left a journal, the connection may write so that SQLite itself can put the last committed state back, as
// any other reader's connection would; `query_only` keeps everything else read-only.
function openForReading(path: string): DatabaseSync {
  if (!existsSync(path)) {
    throw new Failure('NOT_FOUND', `there is no database at ${path}`, { hint: 'check the path', where: path });
  }
  const database = new DatabaseSync(path, { readOnly: true, timeout: WAIT_FOR_LOCK_MS });
  try {
    database.prepare('select count(*) from sqlite_schema').get();
    return database;
  } catch (thrown) {
    database.close();
    if (errorCode(thrown) !== NEEDS_ROLLBACK) throw thrown;
    return openAfterRollback(path);
  }
}

function openAfterRollback(path: string): DatabaseSync {
  const database = new DatabaseSync(`${pathToFileURL(path).href}?mode=rw`, { timeout: WAIT_FOR_LOCK_MS });
  database.exec('pragma query_only = on');
  return database;
}

function query(database: DatabaseSync, sql: string, maxRows: number): QueryAnswer {
  // Older Nodes have no limits to set; there the time of the check is the only bound.
  if ('limits' in database) database.limits.length = MOST_VALUE_BYTES;
  database.setAuthorizer((action, _first, second) =>
    READING.has(action) && second !== 'load_extension' ? constants.SQLITE_OK : constants.SQLITE_DENY,
  );
  const statement = database.prepare(sql);
  statement.setReturnArrays(true);
  statement.setReadBigInts(true);
  const rows: (readonly Json[])[] = [];
  let characters = 0;
  for (const row of statement.iterate()) {
    const cells = Object.values(row).map(cellJson);
    characters += cells.reduce((sum: number, cell) => sum + (typeof cell === 'string' ? cell.length : 1), 0);
    if (rows.length === maxRows || characters > MOST_CHARACTERS) {
      return { columns: columnsOf(statement), rows, isTruncated: true };
    }
    rows.push(cells);
  }
  return { columns: columnsOf(statement), rows, isTruncated: false };
}

function columnsOf(statement: ReturnType<DatabaseSync['prepare']>): readonly string[] {
  return statement.columns().map((column) => column.name);
}

function cellJson(value: unknown): Json {
  if (value === null) return null;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return String(value).toWellFormed();
}

function errorCode(thrown: unknown): unknown {
  return thrown instanceof Error && 'errcode' in thrown ? thrown.errcode : undefined;
}

async function named<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    if (thrown instanceof Failure || errorCode(thrown) === undefined) throw thrown;
    const words = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Failure('TOOL_FAILED', `SQLite could not read ${path}: ${words}`, {
      hint: 'see that it is a SQLite database, that it may be read, and that nothing keeps it locked',
      where: path,
      cause: thrown,
    });
  }
}
