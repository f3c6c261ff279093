import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, test } from 'vitest';
import { nodeDatabases } from '../../../src/adapters/index.ts';
import type { Json } from '../../../src/kernel/index.ts';
import { CHECK_QUESTIONS, type OpenedBundle } from '../../../src/tools/index.ts';
import { openSqliteWorld, runCommand, type SqliteWorld } from '../../support/sqlite-world.ts';

const SHOP = `
  create table users (id integer primary key, name text not null);
  create table orders (id integer primary key, user int references users(id) on delete cascade, total int);
  create table log (line text);
  create index by_user on orders (user);
  insert into users (name) values ('ann'), ('bob'), ('cyd');
  insert into orders (user, total) values (1, 10), (2, 20), (2, 30);
`;
const worlds: SqliteWorld[] = [];
const world = (sql: string = SHOP): SqliteWorld => {
  const opened = openSqliteWorld(sql);
  worlds.push(opened);
  return opened;
};
afterEach(() => {
  for (const opened of worlds.splice(0)) opened.close();
});

const exited = (code: number, stdout: Uint8Array, survivors = 0) => ({
  end: { kind: 'exited' as const, code },
  stdout,
  stderr: new Uint8Array(),
  survivors,
});

function reorder(args: readonly string[], change: Readonly<Record<string, Json>>): void {
  const file = args.at(-1) ?? '';
  const order: unknown = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify(Object.assign({}, order, change)));
}

async function isGreen(question: Json): Promise<boolean> {
  const sqlite = CHECK_QUESTIONS.sqlite.parse(question);
  if ('query' in sqlite) throw new TypeError('the driver asks for a shape');
  const { schemaDigest, rowCounts, tableDigests } = sqlite.expect;
  const names = [...Object.keys(rowCounts ?? {}), ...Object.keys(tableDigests ?? {})];
  const shape = await nodeDatabases().inspect(sqlite.path, names);
  const table = (name: string) => shape.tables.find((one) => one.name === name);
  return (
    shape.schemaDigest === schemaDigest &&
    Object.entries(rowCounts ?? {}).every(([name, rows]) => table(name)?.rows === rows) &&
    Object.entries(tableDigests ?? {}).every(([name, digest]) => table(name)?.digest === digest)
  );
}

test('[SQLITE-01, L3] planning leaves the database, its bytes and its directory as they are', async () => {
  const { directory, database, plan } = world();
  writeFileSync(join(directory, 'change.sql'), '');
  const before = [readFileSync(database, 'hex'), readdirSync(directory).filter((name) => !name.startsWith('scratch'))];
  expect((await plan('drop table users')).kind).toBe('planned');
  const after = [readFileSync(database, 'hex'), readdirSync(directory).filter((name) => !name.startsWith('scratch'))];
  expect(after).toEqual(before);
});

test('[SQLITE-02] the preview names what is lost first, also through foreign keys', async () => {
  const { bundle } = world();
  const { planned } = await bundle(`
    alter table orders add column paid_at text;
    delete from users where id = 2;
    drop table log;
    create unique index by_name on users (name);
    drop index by_user;
    pragma user_version = 7;
  `);
  expect(planned.preview.resources.map(({ action, address, reason }) => [action, address, reason])).toEqual([
    ['delete', 'index by_user', undefined],
    ['delete', 'rows of orders', 'rows_are_deleted'],
    ['delete', 'rows of users', 'rows_are_deleted'],
    ['delete', 'table log', undefined],
    ['create', 'column orders.paid_at', undefined],
    ['create', 'index by_name', undefined],
    ['update', 'pragma user_version', undefined],
    ['update', 'table orders', undefined],
  ]);
  expect(planned.preview.counts).toEqual({ destroys: 4, replaces: 0, creates: 2, updates: 2, runs: 0, others: 0 });
  const rows = planned.preview.resources.find(({ address }) => address === 'rows of orders')?.attributes[0];
  expect(rows).toEqual({
    path: 'rows',
    before: 3,
    after: 1,
    isUnknownAfter: false,
    isSensitive: false,
    forcesReplacement: false,
  });
  expect(
    planned.preview.resources.find(({ address }) => address === 'pragma user_version')?.attributes[0],
  ).toMatchObject({
    path: 'value',
    before: 0,
    after: 7,
  });
  expect(planned.preview.unpredictable).toEqual([]);
  expect(planned.preview.text).toContain('delete from users where id = 2;');
});

test('[SQLITE-02] dropped columns, changed types, new tables and rows that come and go are told apart', async () => {
  const { bundle } = world();
  const changed = async (sql: string) =>
    (await bundle(sql)).planned.preview.resources.map(({ action, address, reason, attributes }) => [
      action,
      address,
      reason ?? '',
      ...attributes.filter(({ path }) => path === 'rows').map((a) => [a.before, a.after]),
    ]);
  expect(await changed('alter table orders drop column total')).toEqual([
    ['delete', 'column orders.total', ''],
    ['update', 'table orders', ''],
  ]);
  expect(await changed('create table new (a); insert into new values (1), (2)')).toEqual([
    ['create', 'table new', '', [null, 2]],
  ]);
  expect(await changed("insert into log values ('x')")).toEqual([['update', 'rows of log', 'rows_are_added', [0, 1]]]);
  expect(await changed("update users set name = 'x'")).toEqual([
    ['update', 'rows of users', 'rows_are_changed', [3, 3]],
  ]);
  expect(await changed("delete from users where id = 1; insert into users values (9, 'x')")).toEqual([
    ['delete', 'rows of orders', 'rows_are_deleted', [3, 2]],
    ['delete', 'rows of users', 'rows_are_deleted', [3, 3]],
  ]);
  expect(
    await changed(
      'create table o2 (id text); insert into o2 select id from orders; drop table orders; alter table o2 rename to orders',
    ),
  ).toEqual([
    ['delete', 'column orders.total', ''],
    ['delete', 'column orders.user', ''],
    ['delete', 'index by_user', ''],
    ['delete', 'rows of orders', 'rows_are_deleted', [3, 3]],
    ['update', 'column orders.id', ''],
    ['update', 'table orders', ''],
  ]);
});

test('[SQLITE-02, L3, L15] the preview names the database and the program, and the runner computes the same', async () => {
  const { bundle, database, driver } = world();
  const opened = await bundle('drop table log');
  const { tool, preview } = opened.planned;
  expect(preview.notes.slice(-2)).toEqual([`database ${database}`, `program ${tool.path} (sha256 ${tool.digest})`]);
  expect(await driver.preview(opened)).toEqual(preview);
  const moved = { ...opened, manifest: { ...opened.manifest, tool: { ...tool, path: '/evil\n/node' } } };
  expect((await driver.preview(moved)).notes.at(-1)).toBe(`program /evil⟨U+000A⟩/node (sha256 ${tool.digest})`);
  const elsewhere = { ...opened, manifest: { ...opened.manifest, facts: [] } };
  await expect(driver.preview(elsewhere)).rejects.toMatchObject({ code: 'BLOB_CORRUPT' });
});

test('[SQLITE-11, L3] a bundle whose program, arguments, database or environment are not this runner’s own does not run', async () => {
  const { bundle, driver, database } = world();
  const opened = await bundle('drop table log');
  const { manifest } = opened;
  const [script = '', , order = ''] = manifest.argv;
  expect(driver.command(opened)).toEqual({
    file: process.execPath,
    args: [script, database, order.replace('{run}', opened.runDirectory)],
    directory: opened.runDirectory,
    environment: {},
  });
  for (const [change, why] of [
    [{ environmentVariables: { NODE_OPTIONS: '--import=/evil.mjs' } }, 'it sets NODE_OPTIONS'],
    [{ environmentVariables: { HOME: '/' } }, 'it sets HOME'],
    [{ tool: { ...manifest.tool, path: '/bin/evil' } }, 'its program is /bin/evil'],
    [{ argv: ['/evil.js', database, order] }, 'its arguments are not'],
    [{ argv: [script, '/other.db', order] }, 'its arguments are not'],
    [{ argv: [...manifest.argv, '--more'] }, 'its arguments are not'],
    [{ argv: [] }, 'its arguments are not'],
    [{ facts: [{ name: 'sqlite.path', role: 'binding' as const, value: '/other.db' }] }, 'its arguments are not'],
    [{ facts: [] }, 'it lacks the fact sqlite.path'],
  ] as const) {
    expect(() => driver.command({ ...opened, manifest: { ...manifest, ...change } })).toThrow(
      expect.objectContaining({ code: 'BLOB_CORRUPT', message: expect.stringContaining(why) }),
    );
  }
});

test('[SQLITE-02] rows that a trigger deletes are seen', async () => {
  const { bundle } = world(`${SHOP} create trigger sweep after insert on log begin delete from orders; end;`);
  const { planned } = await bundle("insert into log values ('x')");
  expect(planned.preview.resources.map(({ action, address }) => [action, address])).toEqual([
    ['delete', 'rows of orders'],
    ['update', 'rows of log'],
  ]);
});

test.each([
  ['begin; drop table log; commit', 1, 1, 'BEGIN opens a transaction of its own'],
  ['drop table log;\n  COMMIT', 2, 3, 'COMMIT ends the transaction'],
  ['end transaction', 1, 1, 'END ends the transaction'],
  ['rollback', 1, 1, 'ROLLBACK ends the transaction'],
  ['savepoint a', 1, 1, 'SAVEPOINT opens a transaction of its own'],
  ['release a', 1, 1, 'RELEASE ends a transaction'],
  ['/* x */ vacuum', 1, 9, 'VACUUM can not run inside a transaction'],
  ["attach '/tmp/x.db' as x", 1, 1, 'ATTACH reaches another database'],
  ['detach x', 1, 1, 'DETACH reaches another database'],
  ['pragma journal_mode = wal', 1, 1, 'PRAGMA journal_mode is not undone with the transaction'],
  ['pragma main.writable_schema = 1', 1, 1, 'PRAGMA writable_schema is not undone with the transaction'],
  ["select load_extension('x')", 1, 1, 'load_extension runs foreign code'],
  ['select 1; select \0', 1, 18, 'a NUL character: SQLite reads no further'],
  ["select 'abc", 1, 8, 'a string is never closed'],
  [' -- nothing', 1, 1, 'there is no statement in it'],
])('[SQLITE-03, L13] %j is refused at its place', async (sql, line, column, why) => {
  const { plan, directory } = world();
  expect(await plan(sql)).toMatchObject({
    kind: 'unplannable',
    why: `${directory}/change.sql:${line}:${column}: ${why}`,
  });
});

test('[SQLITE-03] what hides from the text is refused by SQLite itself, with the statement’s place', async () => {
  const { plan, directory } = world();
  const where = `${directory}/change.sql:1`;
  expect(await plan('select 1; pragma "journal_mode" = wal')).toMatchObject({ kind: 'unplannable' });
  expect(await plan(`drop table log; select "load_extension"('x')`)).toMatchObject({
    kind: 'unplannable',
    why: expect.stringMatching(`^${where}:17: .*(not authorized|no such function)`),
  });
  expect(await plan('drop table log; create table users (x)')).toMatchObject({
    kind: 'unplannable',
    why: `${where}:17: table users already exists`,
    next: 'correct the statement; nothing was changed',
  });
});

test('[SQLITE-03, SQLITE-05] a rollback that a conflict brings about is a failure of the statement', async () => {
  const { plan } = world();
  const answer = await plan("insert into log values ('x'); insert or rollback into users values (1, 'again')");
  expect(answer).toMatchObject({ kind: 'unplannable', why: expect.stringContaining('UNIQUE constraint failed') });
});

test('[SQLITE-06] a migration that changes nothing, a missing file and a file that is no database are unplannable', async () => {
  const { plan, directory, database } = world();
  expect(await plan('create table if not exists log (line text)')).toMatchObject({
    kind: 'unplannable',
    why: `${directory}/change.sql changes nothing in ${database}`,
    next: 'see whether it was applied already',
  });
  expect(await plan('select 1', { argv: ['absent.db', 'change.sql'] })).toMatchObject({
    why: `there is no database at ${directory}/absent.db`,
  });
  expect(await plan('select 1', { argv: ['shop.db', 'absent.sql'] })).toMatchObject({
    why: `there is no migration at ${directory}/absent.sql`,
  });
  expect(await plan('select 1', { argv: ['shop.db'] })).toMatchObject({
    why: 'a migration needs a database and a file',
  });
  writeFileSync(join(directory, 'text.db'), 'this is no database, and long enough to be read as one'.repeat(50));
  expect(await plan('drop table log', { argv: ['text.db', 'change.sql'] })).toMatchObject({
    kind: 'unplannable',
    why: expect.stringContaining('file is not a database'),
  });
  writeFileSync(join(directory, 'latin.sql'), Buffer.from([0x73, 0xe9]));
  expect(await plan('x', { argv: ['shop.db', 'latin.sql'] })).toMatchObject({
    why: `${directory}/latin.sql is not UTF-8 text`,
  });
});

test.each(['delete', 'wal'])(
  '[SQLITE-05, SQLITE-07, L6] in journal mode %s the whole migration takes effect and says so',
  async (mode) => {
    const { bundle, driver, column, exec } = world(`pragma journal_mode = ${mode}; ${SHOP}`);
    const opened = await bundle("alter table orders add column paid int; update users set name = 'zed' where id = 3");
    exec("insert into log values ('written meanwhile')");
    expect(await driver.probe(opened.manifest, opened.blobs)).toEqual(opened.manifest.facts);
    expect(await driver.preview(opened)).toEqual(opened.planned.preview);
    await driver.materialise(opened);
    const result = runCommand(driver, opened);
    const outcome = await driver.observe(opened, exited(result.status ?? -1, Buffer.from(result.stdout)));
    expect(outcome).toMatchObject({ kind: 'completed', because: ['the transaction was committed'] });
    expect(outcome.resources).toEqual(
      opened.planned.preview.resources.map(({ address, action }) => ({ address, action, status: 'done' })),
    );
    expect(column('select name from users order by id')).toEqual(['ann', 'bob', 'zed']);
    expect(column('pragma journal_mode')).toEqual([mode]);
    expect(driver.secrets(opened)).toEqual([]);
  },
);

test('[SQLITE-08, L7] the driver’s check is red before and green after, for schema, row counts and contents', async () => {
  for (const sql of [
    'alter table users add column mail text',
    "insert into log values ('x')",
    "update users set name = 'zed' where id = 3",
    'pragma user_version = 3',
  ]) {
    const { bundle, driver } = world();
    const opened = await bundle(sql);
    const [check, ...others] = opened.planned.checks;
    expect(others).toEqual([]);
    expect(check).toMatchObject({ id: 'as-rehearsed', kind: 'sqlite', origin: 'driver', timeoutMs: 60_000 });
    expect(await isGreen(check?.question ?? null)).toBe(false);
    await driver.materialise(opened);
    expect(runCommand(driver, opened).status).toBe(0);
    expect(await isGreen(check?.question ?? null)).toBe(true);
  }
});

test.each([
  ["update users set name = datetime('now')", 'datetime'],
  ['update users set name = current_timestamp', 'current_timestamp'],
  ['update users set name = "random" ( )', 'random'],
])('[SQLITE-08] %s can’t be foreseen: it is said, and it is not checked', async (sql, call) => {
  const { bundle } = world();
  const { planned } = await bundle(sql);
  expect(planned.checks).toEqual([]);
  expect(planned.preview.unpredictable).toEqual([
    {
      address: 'migration',
      what: 'non-deterministic',
      text: `the values that ${call} will give: the rows it writes can differ from the rehearsal's`,
    },
  ]);
});

test('[SQLITE-08] a default that a clock gives is unpredictable where rows are written, and row counts are checked all the same', async () => {
  const { bundle } = world(`${SHOP} create table seen (id integer primary key, at text default current_timestamp);`);
  const { planned } = await bundle('insert into seen (id) values (1)');
  expect(planned.preview.unpredictable).toHaveLength(1);
  expect(planned.checks[0]?.question).toMatchObject({ expect: { rowCounts: { seen: 1 } } });
});

test('[SQLITE-10, L3] facts are the touched tables only, and a write to one of them is a difference', async () => {
  const { bundle, driver, exec, database } = world();
  const opened = await bundle("update users set name = 'zed' where id = 3");
  expect(opened.manifest.facts.map(({ name, role }) => [name, role])).toEqual([
    ['sqlite.path', 'binding'],
    ['place', 'binding'],
    ['sqlite.application-id', 'binding'],
    ['sqlite.schema-digest', 'version'],
    ['sqlite.table.users', 'version'],
    ['tool.digest', 'version'],
    ['sqlite.program-digest', 'version'],
  ]);
  expect(opened.manifest.facts[0]?.value).toBe(database);
  expect(opened.manifest.facts[1]?.value).toEqual({ kind: 'sqlite', path: database });
  exec("insert into log values ('elsewhere')");
  expect(await driver.probe(opened.manifest, opened.blobs)).toEqual(opened.manifest.facts);
  exec("insert into users (name) values ('dan')");
  const changed = (await driver.probe(opened.manifest, opened.blobs)).filter(
    (fact, index) => JSON.stringify(fact) !== JSON.stringify(opened.manifest.facts[index]),
  );
  expect(changed).toMatchObject([{ name: 'sqlite.table.users', value: { rows: 4 } }]);
});

test.each([
  ['create table late (a)', 'the schema is not the one that was planned with'],
  ['update orders set total = 11 where id = 1', 'the rows of "orders" are not those that were planned with'],
])('[SQLITE-06, L3] after "%s" the program leaves the database alone', async (sql, why) => {
  const { bundle, driver, exec, column } = world();
  const opened = await bundle('delete from orders');
  await driver.materialise(opened);
  exec(sql);
  const result = runCommand(driver, opened);
  expect(result.status).toBe(1);
  const outcome = await driver.observe(opened, exited(1, Buffer.from(result.stdout)));
  expect(outcome).toMatchObject({ kind: 'no-effect', because: [`it was rolled back: ${why}`] });
  expect(outcome.resources.map(({ status }) => status)).toEqual(['errored']);
  expect(column('select count(*) from orders')).toEqual([3]);
});

test('[SQLITE-05, SQLITE-07] a locked database is never begun', async () => {
  const { bundle, driver, database, column } = world();
  const opened = await bundle('delete from orders');
  await driver.materialise(opened);
  reorder(driver.command(opened).args, { waitForLockMs: 50 });
  const holder = new DatabaseSync(database);
  holder.exec('begin immediate');
  const result = runCommand(driver, opened);
  holder.exec('rollback');
  holder.close();
  const outcome = await driver.observe(opened, exited(result.status ?? -1, Buffer.from(result.stdout)));
  expect(outcome).toMatchObject({
    kind: 'no-effect',
    because: ['the transaction never began: database is locked'],
  });
  expect(outcome.resources.map(({ status }) => status)).toEqual(['not-attempted']);
  expect(column('select count(*) from orders')).toEqual([3]);
});

test('[SQLITE-05, SQLITE-07, L5] killed in the middle, nothing stays, and the outcome is indeterminate', async () => {
  const { bundle, driver, column, database } = world();
  // The last statement takes for ever on the real database only: the table it counts through is filled after the rehearsal.
  const opened = await bundle(
    "delete from orders; insert into log select 'x' from (select 1) where (with recursive n(i) as (select 1 union all select i + 1 from n where i < (select coalesce(max(length(name)), 0) from users) * 1000000000 + 1 - 3000000000) select count(*) from n) > 0",
  ).catch((thrown: unknown) => thrown);
  expect(opened).not.toBeInstanceOf(Error);
  const slow = opened as OpenedBundle;
  const { file, args, directory } = driver.command(slow);
  // The sealed expectation would stop it: this order begins the same statements without one.
  await driver.materialise(slow);
  reorder(args, { expect: null });
  new DatabaseSync(database).exec("update users set name = 'a name that is longer'");
  const child = spawn(file, [...args], { cwd: directory, env: {} });
  let said = '';
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('"statement","number":1') || said.includes('"number":1')) child.kill('SIGKILL');
    });
    child.on('close', () => resolve());
  });
  const outcome = await driver.observe(slow, {
    end: { kind: 'signalled', signal: 'SIGKILL' },
    stdout: Buffer.from(said),
    stderr: new Uint8Array(),
    survivors: 0,
  });
  expect(outcome).toMatchObject({
    kind: 'indeterminate',
    because: ['the program ended without saying whether it committed'],
  });
  expect(outcome.resources.every(({ status }) => status === 'unknown')).toBe(true);
  const shape = await nodeDatabases().inspect(database, ['orders']);
  expect(shape.tables[0]?.rows).toBe(3);
  expect(column('select count(*) from orders')).toEqual([3]);
});

test('[SQLITE-07, L6] only a whole last word counts, whatever the exit code', async () => {
  const { bundle, driver } = world();
  const opened = await bundle('drop table log');
  const observe = async (stdout: string, code = 0, survivors = 0) =>
    (await driver.observe(opened, exited(code, Buffer.from(stdout), survivors))).kind;
  const committed = '{"event":"began"}\n{"event":"committing"}\n{"event":"committed"}\n';
  expect(await observe(committed)).toBe('completed');
  expect(await observe(committed, 1)).toBe('completed');
  expect(await observe('', 0)).toBe('indeterminate');
  expect(await observe(committed.slice(0, -1))).toBe('indeterminate');
  expect(await observe(committed.replace('{"event":"committed"}\n', ''))).toBe('indeterminate');
  expect(await observe(`${committed}noise\n`)).toBe('indeterminate');
  expect(await observe(committed, 0, 1)).toBe('indeterminate');
  expect(await observe('{"event":"rolled-back","why":"x","rule":"made-up"}\n')).toBe('indeterminate');
  expect(await observe('{"event":"not-begun","why":"x"}\n')).toBe('no-effect');
  const lost = { end: { kind: 'lost' as const }, stdout: Buffer.from(''), stderr: new Uint8Array(), survivors: 0 };
  expect((await driver.observe(opened, lost)).kind).toBe('indeterminate');
  const unstarted = { ...lost, end: { kind: 'not-started' as const, why: 'ENOENT' } };
  expect(await driver.observe(opened, unstarted)).toMatchObject({
    kind: 'no-effect',
    because: ['it never started: ENOENT'],
  });
});

test('[SQLITE-05] foreign keys that the migration turns off are checked before the commit', async () => {
  const { plan, bundle, column } = world();
  expect(
    await plan('pragma foreign_keys = off; delete from users where id = 2; pragma foreign_keys = on'),
  ).toMatchObject({
    kind: 'unplannable',
    why: expect.stringContaining('2 rows would point at nothing'),
    next: 'keep what the rows point at, or change them in the same migration',
  });
  const { planned } = await bundle(`
    pragma foreign_keys = off;
    create table users2 (id integer primary key, name text not null, mail text);
    insert into users2 (id, name) select id, name from users;
    drop table users;
    alter table users2 rename to users;
    pragma foreign_keys = on;
  `);
  expect(planned.preview.resources.map(({ action, address }) => [action, address])).toContainEqual([
    'create',
    'column users.mail',
  ]);
  expect(planned.preview.resources.some(({ address }) => address === 'rows of orders')).toBe(false);
  expect(planned.preview.notes.join(' ')).toContain('Foreign keys are off while it runs');
  expect(column('select count(*) from orders')).toEqual([3]);
});

test('[SQLITE-02, L12] hostile names and text are made visible', async () => {
  const { bundle } = world();
  const { planned } = await bundle('create table "evil\u202E\u001b[2J" (a); -- \u200B');
  expect(planned.preview.resources[0]?.address).toBe('table evil⟨U+202E⟩⟨U+001B⟩[2J');
  expect(JSON.stringify(planned.preview)).not.toMatch(/[\u202E\u200B]|\\u001b/);
});

test('[SQLITE-10] the identity is the real database, the migration’s place and its bytes', async () => {
  const { driver, directory, database, plan } = world();
  await plan('select 1');
  const ask = async (argv: readonly string[]) =>
    await driver.identify({ proposal: '', directory, argv, environment: {}, secretVariables: [] });
  const first = await ask(['shop.db', './change.sql']);
  expect(first.argv).toEqual([database, join(directory, 'change.sql')]);
  expect(await ask([database, join(directory, 'change.sql')])).toEqual(first);
  await plan('select 2');
  expect((await ask(['shop.db', 'change.sql'])).sourceDigest).not.toBe(first.sourceDigest);
  expect((await ask(['shop.db', 'absent.sql'])).sourceDigest).toMatch(/^[0-9a-f]{64}$/);
});
