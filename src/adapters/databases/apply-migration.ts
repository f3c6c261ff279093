/**
 * The program that runs one migration, in one transaction, and says so line by line.
 *
 * Used as `node apply-migration.ts DATABASE ORDER`; it is a process of its own so that it can be watched, stopped and killed. What
 * it prints is the only evidence of what it did, so each line is written before the next step is taken: whoever can't be told that
 * a commit is about to happen is not committed to.
 */

import { existsSync, readFileSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import type { MigrationEvent, MigrationOrder, MigrationRule } from '../../tools/index.ts';
import { guardMigration, type TouchNotes } from './guard-migration.ts';
import { quoteName, readShape } from './read-shape.ts';

const STDOUT = 1;

class MigrationStop extends Error {
  readonly rule: MigrationRule;
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(rule: MigrationRule, why: string, at?: { readonly line: number; readonly column: number }) {
    super(why);
    this.rule = rule;
    this.line = at?.line;
    this.column = at?.column;
  }
}

/** The commit was cut short by something like an I/O error: nobody can tell what the disk holds. */
class CommitInDoubt extends Error {}

// SQLITE_BUSY, SQLITE_FULL, SQLITE_CONSTRAINT: the commit did not take place, and a rollback leaves everything as it was.
const SURELY_NOT_COMMITTED: ReadonlySet<number> = new Set([5, 13, 19]);

function say(event: MigrationEvent): void {
  const bytes = Buffer.from(`${JSON.stringify(event)}\n`);
  let written = 0;
  while (written < bytes.byteLength) written += writeSync(STDOUT, bytes, written);
}

function begin(path: string, order: MigrationOrder): DatabaseSync | undefined {
  try {
    const database = open(path, order);
    database.exec('begin immediate');
    return database;
  } catch (thrown) {
    say({ event: 'not-begun', why: wordsOf(thrown) });
    return undefined;
  }
}

function open(path: string, order: MigrationOrder): DatabaseSync {
  if (!existsSync(path)) throw new MigrationStop('database-changed', `there is no database at ${path}`);
  const database = new DatabaseSync(`${pathToFileURL(path).href}?mode=rw`, {
    timeout: order.waitForLockMs,
    enableForeignKeyConstraints: order.foreignKeys === 'on',
  });
  database.enableDefensive(true);
  return database;
}

function run(database: DatabaseSync, order: MigrationOrder): void {
  expectSame(database, order);
  const violations = order.foreignKeys === 'off' ? violationsIn(database) : undefined;
  const notes: TouchNotes = { tables: new Set(), deletedFrom: new Set(), functions: new Set() };
  const release = guardMigration(database, notes);
  for (const [index, statement] of order.statements.entries()) {
    runStatement(database, statement);
    say({ event: 'statement', number: index + 1, line: statement.line });
  }
  release();
  if (violations !== undefined) expectNoNewViolation(violations, violationsIn(database));
  say({
    event: 'touched',
    tables: [...notes.tables].sort(),
    deletedFrom: [...notes.deletedFrom].sort(),
    functions: [...notes.functions].sort(),
  });
  say({ event: 'committing' });
  commit(database);
}

function commit(database: DatabaseSync): void {
  try {
    database.exec('commit');
  } catch (thrown) {
    const code = thrown instanceof Error && 'errcode' in thrown ? Number(thrown.errcode) & 0xff : undefined;
    if (code !== undefined && SURELY_NOT_COMMITTED.has(code)) throw thrown;
    throw new CommitInDoubt(wordsOf(thrown));
  }
}

function runStatement(database: DatabaseSync, statement: MigrationOrder['statements'][number]): void {
  try {
    database.exec(statement.sql);
  } catch (thrown) {
    const isDenied = wordsOf(thrown).includes('not authorized');
    throw new MigrationStop(isDenied ? 'statement-forbidden' : 'statement-failed', wordsOf(thrown), statement);
  }
  if (!database.isTransaction) throw new MigrationStop('statement-forbidden', 'it ended the transaction', statement);
}

function expectSame(database: DatabaseSync, order: MigrationOrder): void {
  if (order.expect === null) return;
  const found = readShape(
    database,
    order.expect.tables.map((table) => table.name),
  );
  if (found.schemaDigest !== order.expect.schemaDigest) {
    throw new MigrationStop('database-changed', 'the schema is not the one that was planned with');
  }
  for (const sealed of order.expect.tables) {
    const table = found.tables.find((one) => one.name === sealed.name);
    if (table?.digest === sealed.digest && table.rows === sealed.rows) continue;
    throw new MigrationStop(
      'database-changed',
      `the rows of ${quoteName(sealed.name)} are not those that were planned with`,
    );
  }
}

function violationsIn(database: DatabaseSync): readonly string[] {
  return database
    .prepare('pragma foreign_key_check')
    .all()
    .map((row) => JSON.stringify(row));
}

function expectNoNewViolation(before: readonly string[], after: readonly string[]): void {
  const added = after.filter((violation) => !before.includes(violation));
  if (added.length === 0) return;
  throw new MigrationStop('foreign-keys', `${added.length} rows would point at nothing, the first one: ${added[0]}`);
}

function rollBack(database: DatabaseSync, thrown: unknown): void {
  database.setAuthorizer(null);
  if (database.isTransaction) database.exec('rollback');
  const stop = thrown instanceof MigrationStop ? thrown : new MigrationStop('statement-failed', wordsOf(thrown));
  say({ event: 'rolled-back', why: stop.message, line: stop.line, column: stop.column, rule: stop.rule });
}

function wordsOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Runs the migration that the arguments name. @returns the exit code: 0 committed, 1 nothing was changed */
function main(path: string, orderFile: string): number {
  // The order was written by the driver that seals it; its shape is not the proposer's to choose.
  const order = JSON.parse(readFileSync(orderFile, 'utf8')) as MigrationOrder;
  const database = begin(path, order);
  if (database === undefined) return 1;
  try {
    say({ event: 'began' });
    run(database, order);
  } catch (thrown) {
    if (thrown instanceof CommitInDoubt) throw thrown;
    rollBack(database, thrown);
    return 1;
  }
  say({ event: 'committed' });
  database.close();
  return 0;
}

process.exitCode = main(process.argv[2] ?? '', process.argv[3] ?? '');
