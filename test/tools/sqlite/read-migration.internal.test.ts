import { expect, test } from 'vitest';
import { readMigration } from '../../../src/tools/sqlite/read-migration.ts';

test.each([
  ['pragma foreign_keys = off; drop table t', 'off'],
  ['PRAGMA main.foreign_keys(0); drop table t; pragma foreign_keys = 1;', 'off'],
  ['pragma foreign_keys = no -- for the rebuild\n; drop table t', 'off'],
  ['pragma foreign_keys = on; drop table t', 'on'],
  ['drop table t', 'on'],
])('[SQLITE-03] %j runs with foreign keys %s, and the switch itself does not run', (text, foreignKeys) => {
  const reading = readMigration(text);
  expect(reading).toMatchObject({ kind: 'migration', foreignKeys });
  expect(reading.kind === 'migration' && reading.statements.map(({ sql }) => sql.trim())).toEqual(['drop table t']);
});

test.each([
  ['pragma foreign_keys', 'PRAGMA foreign_keys is not undone with the transaction'],
  ['pragma foreign_keys = maybe', 'PRAGMA foreign_keys is not undone with the transaction'],
  ['pragma foreign_keys = off on', 'PRAGMA foreign_keys is not undone with the transaction'],
  ['pragma journal_mode = foreign_keys', 'PRAGMA journal_mode is not undone with the transaction'],
  ['pragma "foreign_keys" = off', 'PRAGMA off is not undone with the transaction'],
])('[SQLITE-03] %j is no such switch, and nothing is passed over in silence', (text, why) => {
  expect(readMigration(`${text}; drop table t`)).toMatchObject({ kind: 'unfit', line: 1, column: 1, why });
});

test('[SQLITE-03] what SQLite undoes with the transaction is allowed', () => {
  for (const text of ['pragma user_version = 3', 'pragma main.user_version = 3', 'pragma defer_foreign_keys = on']) {
    expect(readMigration(text)).toMatchObject({ kind: 'migration', statements: [{ sql: text, line: 1, column: 1 }] });
  }
});
