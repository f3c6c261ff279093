/** Finds what makes a migration's rows differ from one run to the next: clocks and chance. */

import type { Rehearsal } from './rehearsal.ts';

const FUNCTIONS: ReadonlySet<string> = new Set([
  'random',
  'randomblob',
  'date',
  'time',
  'datetime',
  'julianday',
  'unixepoch',
  'strftime',
  'timediff',
  'current_date',
  'current_time',
  'current_timestamp',
]);

// SQLite's compiler does not report these where they are a column's default, so the texts are searched for them as well.
const WRITTEN =
  /\bcurrent_(?:date|time|timestamp)\b|\b(?:random|randomblob|date|time|datetime|julianday|unixepoch|strftime)\s*\(/gi;

/** Names them, lower-case and sorted: calls in the migration, and in the defaults and triggers of what it touches. */
export function unpredictableCalls(rehearsal: Rehearsal, migration: string): readonly string[] {
  const texts = rehearsal.after.schema
    .filter((object) => rehearsal.touched.tables.includes(object.table) && object.type !== 'index')
    .map((object) => object.sql);
  const written = [migration, ...texts].flatMap((text) => text.match(WRITTEN) ?? []);
  const names = written.map((call) => call.replace(/\s*\($/, '').toLowerCase());
  const called = rehearsal.touched.functions.filter((name) => FUNCTIONS.has(name));
  return [...new Set([...names, ...called])].sort();
}
