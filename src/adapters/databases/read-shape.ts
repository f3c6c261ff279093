/** What is in a SQLite database, as digests and counts: never as rows. */

import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { canonicalJson } from '../../kernel/index.ts';
import type { DatabaseShape, SchemaObject, TableContent } from '../../tools/index.ts';
import { numberIn, textIn } from './cell.ts';

/** Reads a database's shape. The caller holds a transaction, so that everything is of one moment. */
export function readShape(database: DatabaseSync, tables: readonly string[] | 'all'): DatabaseShape {
  const schema = readSchema(database);
  const userVersion = readPragma(database, 'user_version');
  const wanted = schema.filter(
    (object) => object.type === 'table' && !isVirtual(object) && (tables === 'all' || tables.includes(object.name)),
  );
  return {
    applicationId: readPragma(database, 'application_id'),
    userVersion,
    schemaDigest: createHash('sha256').update(canonicalJson({ userVersion, schema })).digest('hex'),
    schema,
    tables: wanted.map((object) => readTable(database, object.name)),
  };
}

function readSchema(database: DatabaseSync): readonly SchemaObject[] {
  const rows = database
    .prepare(
      `select type, name, tbl_name, sql from sqlite_schema
       where sql is not null and name not like 'sqlite\\_%' escape '\\' order by type, name`,
    )
    .all();
  return rows.map((row) => ({
    type: schemaType(textIn(row, 'type')),
    name: textIn(row, 'name'),
    table: textIn(row, 'tbl_name'),
    sql: textIn(row, 'sql'),
  }));
}

function schemaType(type: string): SchemaObject['type'] {
  return type === 'index' || type === 'view' || type === 'trigger' ? type : 'table';
}

// A virtual table keeps its rows elsewhere, mostly in tables of its own that are listed beside it.
function isVirtual(object: SchemaObject): boolean {
  return /^\s*create\s+virtual\b/i.test(object.sql);
}

function readPragma(database: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return numberIn(database.prepare(`pragma ${name}`).get() ?? {}, name);
}

function readTable(database: DatabaseSync, name: string): TableContent {
  const columns = database.prepare(`pragma table_xinfo(${quoteName(name)})`).all();
  const statement = database.prepare(
    `select * from ${quoteName(name)} order by ${orderOf(
      database,
      name,
      columns.map((column) => textIn(column, 'name')),
    )}`,
  );
  statement.setReturnArrays(true);
  statement.setReadBigInts(true);
  const hash = createHash('sha256');
  let rows = 0;
  for (const row of statement.iterate()) {
    rows += 1;
    hash.update(`row ${rows}\n`);
    for (const value of Object.values(row)) hash.update(encodeCell(value));
  }
  return {
    name,
    columns: columns.map((column) => ({ name: textIn(column, 'name'), type: textIn(column, 'type') })),
    rows,
    digest: hash.digest('hex'),
  };
}

// A stable order: rows by their rowid, or by primary key where a table has none.
function orderOf(database: DatabaseSync, name: string, columns: readonly string[]): string {
  const listed = database.prepare('select wr from pragma_table_list where schema = ? and name = ?').get('main', name);
  const rowid = ['rowid', '_rowid_', 'oid'].find((alias) => !columns.some((column) => column.toLowerCase() === alias));
  if (rowid !== undefined && numberIn(listed ?? {}, 'wr') === 0) return rowid;
  const keys = database.prepare('select name from pragma_table_info(?) where pk > 0 order by pk').all(name);
  const order = keys.map((key) => quoteName(textIn(key, 'name')));
  return order.length === 0 ? columns.map((_, index) => index + 1).join(', ') : order.join(', ');
}

function encodeCell(value: unknown): string | Uint8Array {
  if (value === null) return 'n;';
  if (typeof value === 'bigint') return `i${value};`;
  if (typeof value === 'number') return `r${Object.is(value, -0) ? '-0' : value};`;
  if (value instanceof Uint8Array) return Buffer.concat([Buffer.from(`b${value.byteLength};`), value]);
  const text = Buffer.from(String(value), 'utf8');
  return Buffer.concat([Buffer.from(`t${text.byteLength};`), text]);
}

/** Writes a name so that SQLite reads it as a name, whatever is in it. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
