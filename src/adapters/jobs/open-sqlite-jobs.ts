/** Jobs on the embedded store: one table, leases, and workers that look for what is due. */

import type { Kysely } from 'kysely';
import { canonicalJson, type Job, type JobRequest, type Jobs, type WorkOptions } from '../../kernel/index.ts';
import { JOBS_PART } from '../store/migrations.ts';
import { openSqliteConnection, type SqliteParts } from '../store/open-sqlite-connection.ts';
import type { StoreConnection } from '../store/store-connection.ts';
import type { Tables } from '../store/tables.ts';
import { finishJob, giveBack, type Leased, renewLease, takeDue } from './leases.ts';

/** Open jobs. `close` only when no worker works any more. */
export type OpenJobs = { readonly jobs: Jobs; close(): Promise<void> };

/**
 * Opens the queue in an SQLite file; it may be the file of the record.
 *
 * @throws Failure `STORE_UNREADABLE`, `STORE_BUSY`, `STORE_WRITE_FAILED`
 */
export async function openSqliteJobs(parts: SqliteParts): Promise<OpenJobs> {
  const connection = await openSqliteConnection(parts, JOBS_PART);
  return {
    jobs: {
      enqueue: (request) => connection.write((db) => enqueue(db, request)),
      work: (queue, options, handle) => work({ ...parts, connection, queue, options, handle }),
    },
    close: () => connection.close(),
  };
}

async function enqueue(db: Kysely<Tables>, request: JobRequest): Promise<'queued' | 'known'> {
  const { queue, key, dueAtMs } = request;
  const payload = canonicalJson(request.payload);
  const row = await db
    .selectFrom('jobs')
    .selectAll()
    .where('queue', '=', queue)
    .where('key', '=', key)
    .executeTakeFirst();
  if (row === undefined) {
    const fresh = { attempt: 0, lease: '', lease_until_ms: 0, again_due_at_ms: null, again_payload: null };
    await db
      .insertInto('jobs')
      .values({ queue, key, payload, due_at_ms: dueAtMs, ...fresh })
      .execute();
    return 'queued';
  }
  const isWorkedOn = row.lease !== '';
  const changed = isWorkedOn
    ? { again_due_at_ms: Math.min(row.again_due_at_ms ?? dueAtMs, dueAtMs), again_payload: payload }
    : { due_at_ms: Math.min(row.due_at_ms, dueAtMs), payload };
  await db.updateTable('jobs').set(changed).where('queue', '=', queue).where('key', '=', key).execute();
  return isWorkedOn && row.again_due_at_ms === null ? 'queued' : 'known';
}

/** A worker on one queue. */
type Worker = SqliteParts & {
  readonly connection: StoreConnection;
  readonly queue: string;
  readonly options: WorkOptions;
  readonly handle: (job: Job) => Promise<void>;
};

async function work(worker: Worker): Promise<void> {
  const { clock, connection, queue, options, random } = worker;
  while (!options.signal.aborted) {
    const lease = Buffer.from(random.bytes(12)).toString('hex');
    const nowMs = clock.nowMs();
    const until = { lease, nowMs, untilMs: nowMs + options.leaseMs };
    // Looked at first without the lock: an idle worker must not keep writers waiting.
    const isDue = await connection.read((db) => hasDue(db, queue, nowMs));
    const leased = isDue ? await connection.write((db) => takeDue(db, queue, until)) : undefined;
    if (leased === undefined) await clock.wait(options.pollMs, options.signal);
    else await runOne(worker, leased);
  }
}

async function hasDue(db: Kysely<Tables>, queue: string, nowMs: number): Promise<boolean> {
  const row = await db
    .selectFrom('jobs')
    .select('key')
    .where('queue', '=', queue)
    .where('due_at_ms', '<=', nowMs)
    .where('lease_until_ms', '<=', nowMs)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;

async function runOne(worker: Worker, leased: Leased): Promise<void> {
  const { clock, connection, options } = worker;
  const over = new AbortController();
  const renewing = keepLease(worker, leased, over.signal);
  const trouble = await worker.handle(leased.job).then(
    () => undefined,
    (thrown: unknown) => ({ thrown }),
  );
  over.abort();
  await renewing;
  if (trouble === undefined) {
    await connection.write((db) => finishJob(db, leased));
    return;
  }
  options.onTrouble(leased.job, trouble.thrown);
  const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (leased.job.attempt - 1), LONGEST_DELAY_MS);
  await connection.write((db) => giveBack(db, leased, clock.nowMs() + delayMs));
}

/** Renews the lease while the handler runs: a slow handler must not be taken for a dead one. */
async function keepLease(worker: Worker, leased: Leased, over: AbortSignal): Promise<void> {
  const { clock, connection, options } = worker;
  for (;;) {
    await clock.wait(options.leaseMs / 3, over);
    if (over.aborted) return;
    const untilMs = clock.nowMs() + options.leaseMs;
    await connection
      .write((db) => renewLease(db, leased, untilMs))
      .catch((thrown: unknown) => {
        // The next renewal may still come in time; a lease that is lost for good shows when the job is finished.
        options.onTrouble(leased.job, thrown);
      });
  }
}
