import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { nodeDatabases } from '../../../src/adapters/index.ts';
import type { DatabaseShape, Databases } from '../../../src/tools/index.ts';
import { needs } from '../../real/needs.ts';

const directories: string[] = [];
function fresh(sql: string, name = 'x.db'): string {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-databases-'));
  directories.push(directory);
  const path = join(directory, name);
  run(path, sql);
  return path;
}
function run(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});
const databases: Databases = nodeDatabases();
const table = (shape: DatabaseShape, name: string) => shape.tables.find((one) => one.name === name);

test('[SQLITE-09] a shape tells schema, versions and the tables that were asked for', async () => {
  const path = fresh(`
    pragma user_version = 5; pragma application_id = 77;
    create table b (id integer primary key autoincrement, n text);
    create table a (x, y generated always as (x + 1));
    create index i on b (n);
    create view v as select 1;
    create trigger t after insert on b begin select 1; end;
    insert into b (n) values ('one'), ('two');
    insert into a (x) values (1);
  `);
  const shape = await databases.inspect(path, 'all');
  expect(shape).toMatchObject({ applicationId: 77, userVersion: 5 });
  expect(shape.schema.map(({ type, name, table: of }) => [type, name, of])).toEqual([
    ['index', 'i', 'b'],
    ['table', 'a', 'a'],
    ['table', 'b', 'b'],
    ['trigger', 't', 'b'],
    ['view', 'v', 'v'],
  ]);
  expect(shape.tables.map(({ name, rows, columns }) => [name, rows, columns])).toEqual([
    [
      'a',
      1,
      [
        { name: 'x', type: '' },
        { name: 'y', type: '' },
      ],
    ],
    [
      'b',
      2,
      [
        { name: 'id', type: 'INTEGER' },
        { name: 'n', type: 'TEXT' },
      ],
    ],
  ]);
  expect((await databases.inspect(path, ['b', 'absent'])).tables).toEqual([table(shape, 'b')]);
  expect((await databases.inspect(path, [])).schemaDigest).toBe(shape.schemaDigest);
});

test('[SQLITE-09] the schema digest changes with the schema and the user version, and with nothing else', async () => {
  const path = fresh('create table t (a)');
  const before = (await databases.inspect(path, [])).schemaDigest;
  run(path, 'insert into t values (1); analyze; pragma application_id = 3');
  expect((await databases.inspect(path, [])).schemaDigest).toBe(before);
  run(path, 'pragma user_version = 1');
  const versioned = (await databases.inspect(path, [])).schemaDigest;
  expect(versioned).not.toBe(before);
  run(path, 'create index i on t (a)');
  expect((await databases.inspect(path, [])).schemaDigest).not.toBe(versioned);
});

test('[SQLITE-09] two tables have one digest only when their rows are the same, type by type', async () => {
  const cell = fc.oneof(
    fc.constantFrom(
      'null',
      "''",
      "x''",
      "'1'",
      '1',
      '1.0',
      '0.0',
      '-0.0',
      "x'31'",
      "'a;'",
      "'n;'",
      '9223372036854775807',
    ),
    fc.string({ maxLength: 3 }).map((text) => `'${text.replaceAll("'", "''").replaceAll('\0', '')}'`),
  );
  const rows = fc.array(fc.tuple(cell, cell), { maxLength: 4 });
  const path = fresh('create table t (a, b); create table u (a, b)');
  let same = 0;
  await fc.assert(
    fc.asyncProperty(rows, rows, fc.boolean(), async (left, right, isTwin) => {
      const fill = (name: string, all: readonly (readonly [string, string])[]): string =>
        `delete from ${name}; ${all.map(([a, b]) => `insert into ${name} values (${a}, ${b});`).join(' ')}`;
      run(path, fill('t', left) + fill('u', isTwin ? left : right));
      const shape = await databases.inspect(path, 'all');
      const database = new DatabaseSync(path);
      const quoted = (name: string): string =>
        JSON.stringify(
          database.prepare(`select quote(a) || typeof(a), quote(b) || typeof(b) from ${name} order by rowid`).all(),
        );
      const areSame = quoted('t') === quoted('u');
      database.close();
      if (areSame) same += 1;
      expect(table(shape, 't')?.digest === table(shape, 'u')?.digest).toBe(areSame);
    }),
    { numRuns: 60 },
  );
  expect(same).toBeGreaterThan(10);
});

test('[SQLITE-09] tables without rowid, with odd names and with shadowed rowids are read in a stable order', async () => {
  const sql = `
    create table "o""dd; name" ("select" text, "rowid" text);
    create table w (a, b, primary key (b, a)) without rowid;
    create table s (rowid, _rowid_, oid);
  `;
  const fill = (order: readonly number[]): string =>
    order.map((n) => `insert into w values (${n}, ${-n}); insert into s values (${n}, ${n}, ${n});`).join('');
  const one = await databases.inspect(
    fresh(`${sql} insert into "o""dd; name" values (1, 2); ${fill([1, 2, 3])}`),
    'all',
  );
  const two = await databases.inspect(
    fresh(`${sql} insert into "o""dd; name" values (1, 2); ${fill([3, 1, 2])}`),
    'all',
  );
  expect(one.tables.map(({ name, rows }) => [name, rows])).toEqual([
    ['o"dd; name', 1],
    ['s', 3],
    ['w', 3],
  ]);
  expect(two.tables).toEqual(one.tables);
});

test('[SQLITE-09] a copy has everything that was committed, while another connection holds a write open', async () => {
  const path = fresh("pragma journal_mode = wal; create table t (a); insert into t values ('committed')");
  const writer = new DatabaseSync(path);
  writer.exec("begin immediate; insert into t values ('not yet')");
  const copy = `${path}.copy`;
  await databases.copy(path, copy);
  writer.exec('rollback');
  writer.close();
  expect(await databases.query(copy, 'select a from t', 10)).toEqual({
    columns: ['a'],
    rows: [['committed']],
    isTruncated: false,
  });
});

test('[SQLITE-09] values come as JSON: blobs as hex, great integers as text, the rest as they are', async () => {
  const path = fresh('create table t (a)');
  expect(
    await databases.query(
      path,
      "select null as n, 1, 1.5, 'é', x'00ff', 9007199254740993, -9223372036854775808, 9e999, 9007199254740991",
      1,
    ),
  ).toMatchObject({
    rows: [[null, 1, 1.5, 'é', '00ff', '9007199254740993', '-9223372036854775808', 'Infinity', 9007199254740991]],
    isTruncated: false,
  });
  const counting = 'with recursive n(i) as (select 1 union all select i + 1 from n) select i from n';
  expect(await databases.query(path, counting, 3)).toMatchObject({ rows: [[1], [2], [3]], isTruncated: true });
});

test.each([
  'delete from t',
  'insert into t values (1) returning a',
  'pragma user_version = 9',
  'pragma journal_mode = wal',
  "attach '/tmp/other.db' as other",
  'create table u (a)',
  "select load_extension('x')",
  'begin',
  'select 1 from nowhere',
  'vacuum',
])('[SQLITE-09, L8] %s is no read and is refused', async (sql) => {
  const path = fresh('create table t (a); insert into t values (1)');
  const before = readFileSync(path, 'hex');
  await expect(databases.query(path, sql, 10)).rejects.toMatchObject({ code: 'TOOL_FAILED' });
  expect(readFileSync(path, 'hex')).toBe(before);
});

test('[SQLITE-09, L13] a missing file is never made, and what is no database is named', async () => {
  const path = fresh('create table t (a)');
  const absent = `${path}.absent`;
  for (const act of [
    databases.inspect(absent, 'all'),
    databases.copy(absent, `${path}.copy`),
    databases.query(absent, 'select 1', 1),
  ]) {
    await expect(act).rejects.toMatchObject({ code: 'NOT_FOUND', where: absent });
  }
  expect(existsSync(absent)).toBe(false);
  writeFileSync(`${path}.text`, 'not a database at all, though it is long enough to look like one. '.repeat(20));
  await expect(databases.inspect(`${path}.text`, 'all')).rejects.toMatchObject({
    code: 'TOOL_FAILED',
    message: `SQLite could not read ${path}.text: file is not a database`,
  });
});

test('[SQLITE-09] a database that may only be read is read', async () => {
  const path = fresh('create table t (a)');
  chmodSync(path, 0o400);
  expect((await databases.inspect(path, 'all')).tables).toHaveLength(1);
  expect(statSync(path).mode & 0o777).toBe(0o400);
});

test('[SQLITE-09, SQLITE-05] a journal that a killed writer left is rolled back, and the last commit is read', async () => {
  const path = fresh("create table t (a); insert into t values ('committed')");
  const writer = `
    const { DatabaseSync } = require('node:sqlite');
    const database = new DatabaseSync(${JSON.stringify(path)});
    database.exec("pragma cache_size = 1; begin immediate; update t set a = 'lost'");
    database.exec('with recursive n(i) as (select 1 union all select i + 1 from n limit 20000) insert into t select hex(randomblob(50)) from n');
    console.log('written');
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['-e', writer]);
  await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  expect(existsSync(`${path}-journal`)).toBe(true);
  expect((await databases.query(path, 'select a from t', 10)).rows).toEqual([['committed']]);
});

needs('tmpfs')('[SQLITE-05] a full disk fails the copy and says so', async () => {
  const path = fresh(
    'create table t (a); with recursive n(i) as (select 1 union all select i + 1 from n limit 2000) insert into t select randomblob(1000) from n',
  );
  await expect(databases.copy(path, '/dev/full')).rejects.toMatchObject({ code: 'TOOL_FAILED', where: path });
});
