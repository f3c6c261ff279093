/**
 * Opens the one SQLite file, and writes to it fairly among several processes.
 *
 * SQLite's own waiting starves writers, so a busy lock is answered here: try, wait a random moment, try again, until a deadline.
 */

import { chmodSync, closeSync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CompiledQuery, Kysely, SqliteDialect } from 'kysely';
import { type Clock, Failure, type Random } from '../../kernel/index.ts';
import { makePrivateFile } from '../ledger/make-private-file.ts';
import { migrate, type Part } from './migrations.ts';
import { kyselyDatabase } from './node-sqlite.ts';
import { busyFailure, isBusy, isDiskTrouble, readFailure, writeFailure } from './sqlite-failure.ts';
import type { StoreConnection } from './store-connection.ts';
import type { Tables } from './tables.ts';

/** What opening a file needs. */
export type SqliteParts = {
  readonly path: string;
  readonly clock: Clock;
  readonly random: Random;
  /** How long a write waits for other processes; 10 000 when left out. */
  readonly busyDeadlineMs?: number | undefined;
};

const BUSY_DEADLINE_MS = 10_000;
/** A process that has committed back to back for this long lets others have a turn. */
const TURN_MS = 8;
const YIELD_MS = 1;

/** A connection under way: `broken` once the disk failed. */
type Engine = SqliteParts & {
  readonly db: Kysely<Tables>;
  readonly deadlineMs: number;
  broken: Failure | undefined;
  turnBeganAtMs: number;
  lastCommitAtMs: number;
};

/**
 * Opens or makes the file, 0600 in a 0700 directory, and brings one part of it up to date.
 *
 * @throws Failure `STORE_UNREADABLE` on a file that is no store or a newer one, `STORE_BUSY`, `STORE_WRITE_FAILED`
 */
export async function openSqliteConnection(parts: SqliteParts, part: Part): Promise<StoreConnection> {
  const database = openFile(parts.path);
  const engine: Engine = {
    ...parts,
    db: new Kysely<Tables>({ dialect: new SqliteDialect({ database: kyselyDatabase(database) }) }),
    deadlineMs: parts.busyDeadlineMs ?? BUSY_DEADLINE_MS,
    broken: undefined,
    turnBeganAtMs: 0,
    lastCommitAtMs: 0,
  };
  try {
    await untilFree(engine, async () => {
      for (const pragma of ['journal_mode = wal', 'synchronous = full', 'foreign_keys = on']) {
        database.exec(`pragma ${pragma}`);
      }
    });
    await write(engine, (db) => migrate(db, part, parts.path));
    syncDirectory(dirname(parts.path));
  } catch (thrown) {
    database.close();
    throw readFailure(parts.path, thrown);
  }
  return {
    db: engine.db,
    write: (work) => write(engine, work),
    read: (work) => read(engine, work),
    close: async () => {
      if (database.isOpen) database.close();
    },
  };
}

function openFile(path: string): DatabaseSync {
  try {
    // SQLite gives its side files the mode of the main one, so that one is made first.
    makePrivateFile(path);
    // By its path and not through a handle: closing one would drop the locks of a database that this process has open.
    chmodSync(path, 0o600);
    return new DatabaseSync(path, { timeout: 0 });
  } catch (cause) {
    throw new Failure('STORE_UNREADABLE', 'the store could not be opened', {
      hint: 'check that its directory exists, is yours, and has space left',
      where: path,
      cause,
    });
  }
}

function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

async function read<Answer>(engine: Engine, work: (db: Kysely<Tables>) => Promise<Answer>): Promise<Answer> {
  try {
    return await untilFree(engine, () => work(engine.db));
  } catch (thrown) {
    throw readFailure(engine.path, thrown);
  }
}

async function write<Answer>(engine: Engine, work: (db: Kysely<Tables>) => Promise<Answer>): Promise<Answer> {
  if (engine.broken !== undefined) throw engine.broken;
  await takeTurns(engine);
  const answer = await untilFree(engine, () => writeNow(engine, work));
  engine.lastCommitAtMs = engine.clock.nowMs();
  return answer;
}

/** One attempt. The lock is taken up front: a reader that turns writer could be told to start over at any moment. */
async function writeNow<Answer>(engine: Engine, work: (db: Kysely<Tables>) => Promise<Answer>): Promise<Answer> {
  return engine.db.connection().execute(async (db) => {
    await db.executeQuery(CompiledQuery.raw('begin immediate'));
    try {
      const answer = await work(db);
      await db.executeQuery(CompiledQuery.raw('commit'));
      return answer;
    } catch (thrown) {
      const trouble = isDiskTrouble(thrown) ? writeFailure(engine.path, thrown) : thrown;
      await rollBack(engine, db);
      if (trouble !== thrown) {
        engine.broken = writeFailure(engine.path, thrown);
        await overwriteGhost(engine, db);
      }
      throw trouble;
    }
  });
}

async function rollBack(engine: Engine, db: Kysely<Tables>): Promise<void> {
  try {
    await db.executeQuery(CompiledQuery.raw('rollback'));
  } catch (thrown) {
    // SQLite rolls back by itself on a full or failing disk, and says then that there is nothing to roll back.
    engine.broken ??= writeFailure(engine.path, thrown);
  }
}

/**
 * Takes back a commit that failed at its fsync.
 *
 * Its frames may stand whole in the WAL, commit mark and all, although SQLite said that they failed: whoever recovers the WAL
 * after a crash would find events that were never acknowledged. Frames are chained by checksum, so writing anything at all
 * over the first of them makes the rest void. That this write fails too does not matter: it changes nothing.
 */
async function overwriteGhost(engine: Engine, db: Kysely<Tables>): Promise<void> {
  try {
    // A number that nobody reads, different each time: SQLite writes no page that did not change.
    const mark = 1 + Math.floor(engine.random.fraction() * 2 ** 30);
    await db.executeQuery(CompiledQuery.raw(`pragma user_version = ${mark}`));
  } catch (thrown) {
    // When another process holds the lock, it is writing over the same frames itself.
    engine.broken ??= writeFailure(engine.path, thrown);
  }
}

async function untilFree<Answer>(engine: Engine, attempt: () => Promise<Answer>): Promise<Answer> {
  // Counted in waits and not read from the clock, which may jump.
  for (let waitedMs = 0; ; ) {
    try {
      return await attempt();
    } catch (thrown) {
      if (!isBusy(thrown)) throw thrown;
      if (waitedMs >= engine.deadlineMs) throw busyFailure(engine.path, engine.deadlineMs);
    }
    const waitMs = 1 + 9 * engine.random.fraction();
    await engine.clock.wait(waitMs);
    waitedMs += waitMs;
  }
}

async function takeTurns(engine: Engine): Promise<void> {
  const nowMs = engine.clock.nowMs();
  if (nowMs - engine.lastCommitAtMs > YIELD_MS) {
    engine.turnBeganAtMs = nowMs;
    return;
  }
  if (nowMs - engine.turnBeganAtMs < TURN_MS) return;
  await engine.clock.wait(YIELD_MS);
  engine.turnBeganAtMs = engine.clock.nowMs();
}
