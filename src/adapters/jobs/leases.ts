/** The statements that move a job between waiting, worked on and gone. Each runs inside one write transaction. */

import type { Kysely } from 'kysely';
import { Failure, type Job, type JsonObject } from '../../kernel/index.ts';
import type { JobsTable, Tables } from '../store/tables.ts';

/** A job and the lease that it is worked on under. */
export type Leased = { readonly job: Job; readonly lease: string };

/** Takes the job that is due longest, if any: one that waits, or one whose worker was not heard of in time. */
export async function takeDue(
  db: Kysely<Tables>,
  queue: string,
  until: { readonly lease: string; readonly nowMs: number; readonly untilMs: number },
): Promise<Leased | undefined> {
  const row = await db
    .selectFrom('jobs')
    .selectAll()
    .where('queue', '=', queue)
    .where('due_at_ms', '<=', until.nowMs)
    .where('lease_until_ms', '<=', until.nowMs)
    .orderBy('due_at_ms')
    .orderBy('key')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const attempt = row.attempt + 1;
  await db
    .updateTable('jobs')
    .set({ lease: until.lease, lease_until_ms: until.untilMs, attempt })
    .where('queue', '=', queue)
    .where('key', '=', row.key)
    .execute();
  return { job: { queue, key: row.key, payload: payloadOf(row), attempt }, lease: until.lease };
}

/** Keeps a job for longer. Silent when the lease was lost. */
export async function renewLease(db: Kysely<Tables>, leased: Leased, untilMs: number): Promise<void> {
  await ownRow(db, leased).set({ lease_until_ms: untilMs }).execute();
}

/** Ends a job, or lets it wait again when somebody asked for it meanwhile. Silent when the lease was lost. */
export async function finishJob(db: Kysely<Tables>, leased: Leased): Promise<void> {
  const row = await rowOf(db, leased);
  if (row === undefined) return;
  if (row.again_due_at_ms !== null) {
    await ownRow(db, leased)
      .set({ ...again(row), attempt: 0 })
      .execute();
    return;
  }
  const { queue, key } = leased.job;
  await db
    .deleteFrom('jobs')
    .where('queue', '=', queue)
    .where('key', '=', key)
    .where('lease', '=', leased.lease)
    .execute();
}

/** Lets a job wait for another attempt. Silent when the lease was lost. */
export async function giveBack(db: Kysely<Tables>, leased: Leased, dueAtMs: number): Promise<void> {
  const row = await rowOf(db, leased);
  if (row === undefined) return;
  const next = row.again_due_at_ms === null ? { due_at_ms: dueAtMs } : again(row);
  await ownRow(db, leased)
    .set({ ...next, lease: '', lease_until_ms: 0, again_due_at_ms: null, again_payload: null })
    .execute();
}

function again(row: JobsTable): Partial<JobsTable> {
  return {
    payload: row.again_payload ?? row.payload,
    due_at_ms: row.again_due_at_ms ?? row.due_at_ms,
    lease: '',
    lease_until_ms: 0,
    again_due_at_ms: null,
    again_payload: null,
  };
}

function ownRow(db: Kysely<Tables>, { job, lease }: Leased) {
  return db.updateTable('jobs').where('queue', '=', job.queue).where('key', '=', job.key).where('lease', '=', lease);
}

async function rowOf(db: Kysely<Tables>, { job, lease }: Leased): Promise<JobsTable | undefined> {
  return db
    .selectFrom('jobs')
    .selectAll()
    .where('queue', '=', job.queue)
    .where('key', '=', job.key)
    .where('lease', '=', lease)
    .executeTakeFirst();
}

function payloadOf(row: JobsTable): JsonObject {
  try {
    const payload: unknown = JSON.parse(row.payload);
    // Written by this queue from a JsonObject in the transaction that enqueued it.
    return payload as JsonObject;
  } catch (cause) {
    throw new Failure('STORE_UNREADABLE', `the job ${row.key} of ${row.queue} can't be read`, {
      hint: 'remove its row from the table jobs: jobs only wake others up',
      where: `jobs ${row.queue}/${row.key}`,
      cause,
    });
  }
}
