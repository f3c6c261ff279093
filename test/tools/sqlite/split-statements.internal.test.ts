import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type SqlStatement, splitStatements } from '../../../src/tools/sqlite/split-statements.ts';

function statements(text: string): readonly SqlStatement[] {
  const answer = splitStatements(text);
  if (answer.kind !== 'statements') throw new TypeError(`${answer.what} at ${answer.line}:${answer.column}`);
  return answer.statements;
}

const sqlOf = (text: string): readonly string[] => statements(text).map(({ sql }) => sql.trim());

test('[SQLITE-04] semicolons split, and empty statements are left out', () => {
  expect(sqlOf('select 1; select 2;;\n ; -- nothing\n')).toEqual(['select 1', 'select 2']);
  expect(sqlOf('')).toEqual([]);
  expect(sqlOf('/* only a comment')).toEqual([]);
});

test('[SQLITE-04] strings, names and comments hide their semicolons', () => {
  expect(sqlOf(`select 'a;''b;', "c;""d", \`e;\`\`f\`, [g;h] -- i;\n, 1 /* j; */; select 2`)).toEqual([
    `select 'a;''b;', "c;""d", \`e;\`\`f\`, [g;h] -- i;\n, 1 /* j; */`,
    'select 2',
  ]);
});

test('[SQLITE-04] a trigger ends at its own END, not at that of a CASE', () => {
  const trigger =
    'create temp trigger t after insert on a begin update a set b = case when 1 then 2 end; select 1; end';
  expect(sqlOf(`${trigger}; select 3`)).toEqual([trigger, 'select 3']);
  expect(sqlOf('create table begin_end (a); select 1')).toEqual(['create table begin_end (a)', 'select 1']);
  expect(sqlOf(`explain query plan ${trigger}; select 4`)).toEqual([`explain query plan ${trigger}`, 'select 4']);
  expect(sqlOf(`explain ${trigger}; select 5`)).toEqual([`explain ${trigger}`, 'select 5']);
  expect(sqlOf('create view trigger_v as select 1; select 2')).toEqual([
    'create view trigger_v as select 1',
    'select 2',
  ]);
});

test('[SQLITE-04, L13] lines and columns are those of the first word, in characters', () => {
  const places = statements("\uFEFF-- é\n  select 1;\n/* 𝒳 */ select '\n\n'; drop table x").map(({ line, column }) => [
    line,
    column,
  ]);
  expect(places).toEqual([
    [2, 3],
    [3, 9],
    [5, 4],
  ]);
});

test('[SQLITE-04] bare words are told in upper case, without what stands in quotes', () => {
  expect(statements(`Pragma "foreign_keys" = off`)[0]?.words).toEqual(['PRAGMA', 'OFF']);
  expect(statements('create table ünder_1 (a$b)')[0]?.words).toEqual(['CREATE', 'TABLE', 'ÜNDER_1', 'A$B']);
});

test.each([
  [`select 'abc`, 'a string', 1, 8],
  [`select 1;\n select "abc`, 'a quoted name', 2, 9],
  ['select [abc', 'a quoted name', 1, 8],
  ['select `abc', 'a quoted name', 1, 8],
  [`select 'abc''`, 'a string', 1, 8],
  ['select 1;\0 select 2', 'a NUL character', 1, 10],
])('[SQLITE-04, L13] what is never closed is named: %j', (text, what, line, column) => {
  expect(splitStatements(text)).toEqual({ kind: 'unterminated', what, line, column });
});

const piece = fc.oneof(
  fc.constantFrom(
    ...[';', "'", '"', '`', '[', ']', '--', '/*', '*/', '\n', ' ', 'create', 'trigger', 'temp', 'begin', 'end', 'case'],
    ...['select', '1', ',', '(', ')', "''", '""', 'x', 'é', '\u0000', '\uFEFF', '-', '/', '*', '$', ':a', '?'],
  ),
  fc.string({ maxLength: 4 }),
);
const sqlText = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));

test('[SQLITE-04] no byte is lost: what lies between the statements is space, comment and semicolon only', () => {
  let seen = 0;
  fc.assert(
    fc.property(sqlText, (text) => {
      const answer = splitStatements(text);
      if (answer.kind !== 'statements') return;
      seen += answer.statements.length;
      let rest = text;
      for (const { sql } of answer.statements) {
        const at = rest.indexOf(sql);
        expect(at).toBeGreaterThanOrEqual(0);
        expect(rest.slice(0, at).replaceAll(/[\t-\r \uFEFF;]|--[^\n]*(\n|$)|\/\*[\s\S]*?(\*\/|$)/g, '')).toBe('');
        rest = rest.slice(at + sql.length);
      }
      expect(rest.replaceAll(/[\t-\r \uFEFF;]|--[^\n]*(\n|$)|\/\*[\s\S]*?(\*\/|$)/g, '')).toBe('');
    }),
    { numRuns: 3_000 },
  );
  expect(seen).toBeGreaterThan(1_000);
});

const name = fc.constantFrom('t', '"t;"', '[t;]', '`t;`', 'u');
const literal = fc.constantFrom('1', "'a;b'", "'it''s'", "x'00'", 'null', '"t;"');
const gap = fc.constantFrom(' ', '\n', ' /* ; */ ', ' -- ;\n');
const simple = fc
  .tuple(gap, literal, gap)
  .map(([before, value, after]) => `insert${before}into${after}log values(${value})`);
const trigger = fc
  .tuple(name, fc.array(simple, { minLength: 1, maxLength: 3 }), gap)
  .map(
    ([called, body, space]) =>
      `create trigger ${called} after update on log${space}begin ${body.join('; ')};${space}end`,
  );
const script = fc.array(fc.oneof(simple, trigger), { maxLength: 6 });

test('[SQLITE-04] SQLite runs the pieces one by one as it runs the whole', () => {
  let ran = 0;
  fc.assert(
    fc.property(script, gap, (parts, space) => {
      const text = parts.join(`;${space}`);
      expect(statements(text)).toHaveLength(parts.length);
      const outcome = (pieces: readonly string[]): unknown => {
        const database = new DatabaseSync(':memory:');
        try {
          database.exec('create table log("a")');
          for (const one of pieces) database.exec(one);
          ran += 1;
          return [
            database.prepare('select * from log').all(),
            database.prepare('select type, name, sql from sqlite_schema').all(),
          ];
        } catch (thrown) {
          return String(thrown);
        } finally {
          database.close();
        }
      };
      expect(outcome(sqlOf(text))).toEqual(outcome([text]));
    }),
    { numRuns: 300 },
  );
  expect(ran).toBeGreaterThan(100);
});
