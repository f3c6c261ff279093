/** The tables, version by version. A part of the file is brought up to date by whoever opens it, under the write lock. */

import { type Kysely, sql } from 'kysely';
import { Failure } from '../../kernel/index.ts';
import type { Tables } from './tables.ts';

/** One step: from the version before to this one. */
type Migration = (db: Kysely<Tables>) => Promise<void>;

/** A part of the file with its own version. */
export type Part = { readonly name: 'record' | 'jobs'; readonly migrations: readonly Migration[] };

/** The chain and what it amounts to. */
export const RECORD_PART: Part = { name: 'record', migrations: [createRecord, lockPlaces] };

/** The queue. */
export const JOBS_PART: Part = { name: 'jobs', migrations: [createJobs] };

/**
 * Brings a part up to date.
 *
 * @throws Failure `STORE_UNREADABLE` when a newer Countersign wrote it: what we don't understand we don't touch
 */
export async function migrate(db: Kysely<Tables>, part: Part, path: string): Promise<void> {
  await db.schema
    .createTable('schema_versions')
    .ifNotExists()
    .addColumn('part', 'text', (column) => column.primaryKey())
    .addColumn('version', 'integer', (column) => column.notNull())
    .execute();
  const row = await db.selectFrom('schema_versions').select('version').where('part', '=', part.name).executeTakeFirst();
  const version = row?.version ?? 0;
  const ours = part.migrations.length;
  if (version > ours) throw newerFailure(part, version, path);
  if (version === ours) return;
  for (const migration of part.migrations.slice(version)) await migration(db);
  await db
    .insertInto('schema_versions')
    .values({ part: part.name, version: ours })
    .onConflict((conflict) => conflict.column('part').doUpdateSet({ version: ours }))
    .execute();
}

function newerFailure(part: Part, version: number, path: string): Failure {
  return new Failure(
    'STORE_UNREADABLE',
    `the ${part.name} tables have version ${version}, and this Countersign knows ${part.migrations.length}`,
    { hint: 'use the newer Countersign that wrote it', where: path },
  );
}

async function createRecord(db: Kysely<Tables>): Promise<void> {
  await db.schema
    .createTable('events')
    .addColumn('seq', 'integer', (column) => column.primaryKey())
    .addColumn('stream', 'text', (column) => column.notNull())
    .addColumn('stream_prev', 'integer', (column) => column.notNull())
    .addColumn('proposal', 'text', (column) => column.notNull())
    .addColumn('target', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addColumn('prev', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('events_by_stream').unique().on('events').columns(['stream', 'seq']).execute();
  await db.schema.createIndex('events_by_type').on('events').columns(['type', 'seq']).execute();
  await createProjections(db);
}

async function createProjections(db: Kysely<Tables>): Promise<void> {
  await db.schema
    .createTable('proposals')
    .addColumn('proposal', 'text', (column) => column.primaryKey())
    .addColumn('target', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('seq', 'integer', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('updated_at_ms', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('proposals_by_seq').on('proposals').columns(['seq']).execute();
  await db.schema.createIndex('proposals_by_kind').on('proposals').columns(['kind', 'seq']).execute();
  await db.schema.createIndex('proposals_by_target').on('proposals').columns(['target', 'seq']).execute();
  await db.schema
    .createTable('targets')
    .addColumn('target', 'text', (column) => column.primaryKey())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('seq', 'integer', (column) => column.notNull())
    .execute();
}

/**
 * From here on the table of targets has rows of places beside those of names. None is owed to older events, which name no place;
 * but an older Countersign would append without them, so that it must not open this file any more.
 */
function lockPlaces(): Promise<void> {
  return Promise.resolve();
}

async function createJobs(db: Kysely<Tables>): Promise<void> {
  await db.schema
    .createTable('jobs')
    .addColumn('queue', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('payload', 'text', (column) => column.notNull())
    .addColumn('due_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('lease', 'text', (column) => column.notNull())
    .addColumn('lease_until_ms', 'bigint', (column) => column.notNull())
    .addColumn('again_due_at_ms', 'bigint')
    .addColumn('again_payload', 'text')
    .addPrimaryKeyConstraint('jobs_key', ['queue', 'key'])
    .execute();
  await sql`create index jobs_by_due on jobs (queue, due_at_ms)`.execute(db);
}
