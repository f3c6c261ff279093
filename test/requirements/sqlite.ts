/** What the driver for SQLite migrations promises. */

import type { Requirement } from './requirement.ts';

const MIGRATIONS =
  'Never touches production directly: no terraform apply, no kubectl delete, no database migrations. Human executes those, always.';
const HALF_WAY = 'The state is now partially modified.';
const THIRTY_SECONDS = 'A correct proposal that a human glances at before executing costs you thirty seconds.';
const REAL_SYSTEMS = 'Tests that require a real connection are much harder to fake without breaking things loudly.';
const SELF_REPORT = 'The problem is you gave it a task with destructive side effects and trusted its self-report.';

export const SQLITE_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'SQLITE-01',
    behaviour:
      'Planning runs the migration on a copy; the database itself, its journal mode and its directory stay as they are.',
    source: MIGRATIONS,
  },
  {
    id: 'SQLITE-02',
    behaviour:
      'The preview names what is created, changed and lost: tables, columns, indexes, triggers, and every table that loses rows or is deleted from, also through triggers and foreign keys.',
    source: THIRTY_SECONDS,
  },
  {
    id: 'SQLITE-03',
    behaviour:
      'A statement that leaves the transaction or the database is refused with file, line and column, and SQLite itself refuses it again while it runs.',
    source: HALF_WAY,
  },
  {
    id: 'SQLITE-04',
    behaviour:
      'The splitter loses no byte, cuts no string, name, comment or trigger, and agrees with SQLite on where statements end.',
    source: REAL_SYSTEMS,
  },
  {
    id: 'SQLITE-05',
    behaviour:
      'All of a migration takes effect or nothing: a failing statement, a killed process, a lock or a full disk leaves the database as it was.',
    source: HALF_WAY,
  },
  {
    id: 'SQLITE-06',
    behaviour:
      'Within its transaction the program looks again: a schema or a touched table that differs from the sealed one is left alone.',
    source: SELF_REPORT,
  },
  {
    id: 'SQLITE-07',
    behaviour:
      'The outcome is what the program’s own stream says: committed is completed, rolled back or never begun is no effect, and without a last word it is indeterminate.',
    source: SELF_REPORT,
  },
  {
    id: 'SQLITE-08',
    behaviour:
      'The driver’s check is red before the migration and green after it; what clocks and chance decide is said to be unpredictable and not checked.',
    source: 'They just don’t test what they’re supposed to test anymore.',
  },
  {
    id: 'SQLITE-09',
    behaviour:
      'Databases are read without ever changing them; a query can only read, and a journal that a dead writer left is rolled back as SQLite does.',
    source: 'Give agents read access.',
  },
  {
    id: 'SQLITE-11',
    behaviour:
      'A bundle decides neither program nor arguments nor environment: one that names others than this runner’s own does not run.',
    source: MIGRATIONS,
  },
  {
    id: 'SQLITE-10',
    behaviour:
      'Only what the migration touches is sealed as fact: writes to other tables make nothing stale, writes to these do.',
    source:
      'it confidently applied changes to the wrong environment because the context window didn’t fit all the state it needed.',
  },
];
