/** One of a runner's own SQLite files: opened privately, written durably, and waited for while another of its processes writes. */

import { closeSync, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Clock, Failure, type Random } from '../../kernel/index.ts';
import { isBusy, isDiskTrouble } from '../store/sqlite-failure.ts';
import { makePrivateFile } from './make-private-file.ts';

/** What a file of a runner needs. `directory` is the runner's own. */
export type ShelfParts = {
  readonly directory: string;
  readonly clock: Clock;
  readonly random: Random;
  /** How long a write waits for another process of this runner; 10 000 when left out. */
  readonly busyDeadlineMs?: number | undefined;
};

/** Which file it is, and what is said of it when it can't be used. */
export type ShelfKind = {
  /** Its name below the directory. */
  readonly name: string;
  /** What it is, as in "… can't be read". */
  readonly what: string;
  /** What to do when it can't be read, and when it takes no write. */
  readonly unreadable: string;
  readonly unwritable: string;
  /** `full`: what it acknowledges survives power loss. `normal`: it may fall back to an earlier state of itself, and stays whole. */
  readonly synchronous: 'full' | 'normal';
};

/** An open file. */
export type Shelf = {
  readonly db: DatabaseSync;
  /** Does some work in one transaction; all of it is durable when this resolves. @throws Failure `LEDGER_WRITE_FAILED` */
  readonly transact: <Answer>(work: () => Answer) => Promise<Answer>;
  /** @throws Failure `STORE_UNREADABLE` */
  readonly read: <Answer>(work: () => Answer) => Promise<Answer>;
  /** The failure of a file that is not what it should be. */
  readonly unreadable: (cause: unknown) => Failure;
};

/**
 * Opens a file, made 0600 in a 0700 directory when there is none.
 *
 * @param prepare  makes the tables, inside the first transaction
 * @throws Failure `STORE_UNREADABLE`, `LEDGER_WRITE_FAILED`
 */
export async function openShelf(parts: ShelfParts, kind: ShelfKind, prepare: (shelf: Shelf) => void): Promise<Shelf> {
  const path = join(parts.directory, kind.name);
  const db = openFile(path, kind);
  const place: Place = { ...parts, db, path, kind };
  const shelf: Shelf = {
    db,
    transact: (work) => transact(place, work),
    read: (work) => read(place, work),
    unreadable: (cause) => unreadable(path, kind, cause),
  };
  const pragmas = ['journal_mode = wal', `synchronous = ${kind.synchronous}`, 'fullfsync = on', 'foreign_keys = on'];
  try {
    for (const pragma of pragmas) {
      await untilFree(place, () => db.exec(`pragma ${pragma}`));
    }
    await transact(place, () => prepare(shelf));
    syncDirectory(parts.directory);
  } catch (thrown) {
    db.close();
    throw thrown instanceof Failure ? thrown : unreadable(path, kind, thrown);
  }
  return shelf;
}

type Place = ShelfParts & { readonly db: DatabaseSync; readonly path: string; readonly kind: ShelfKind };

function openFile(path: string, kind: ShelfKind): DatabaseSync {
  try {
    makePrivateFile(path);
    return new DatabaseSync(path, { timeout: 0 });
  } catch (cause) {
    throw unreadable(path, kind, cause);
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

async function transact<Answer>(place: Place, work: () => Answer): Promise<Answer> {
  return await untilFree(place, () => {
    place.db.exec('begin immediate');
    try {
      const answer = work();
      place.db.exec('commit');
      return answer;
    } catch (thrown) {
      // SQLite rolls back by itself on a full disk.
      if (place.db.isTransaction) place.db.exec('rollback');
      throw thrown;
    }
  });
}

async function read<Answer>(place: Place, work: () => Answer): Promise<Answer> {
  try {
    return await untilFree(place, work);
  } catch (thrown) {
    throw unreadable(place.path, place.kind, thrown);
  }
}

const BUSY_DEADLINE_MS = 10_000;

async function untilFree<Answer>(place: Place, attempt: () => Answer): Promise<Answer> {
  const deadlineMs = place.busyDeadlineMs ?? BUSY_DEADLINE_MS;
  for (let waitedMs = 0; ; ) {
    try {
      return attempt();
    } catch (thrown) {
      if (!isBusy(thrown)) throw isDiskTrouble(thrown) ? writeFailure(place, thrown) : thrown;
      if (waitedMs >= deadlineMs) throw writeFailure(place, thrown);
    }
    const waitMs = 1 + 9 * place.random.fraction();
    await place.clock.wait(waitMs);
    waitedMs += waitMs;
  }
}

function writeFailure({ path, kind }: Place, cause: unknown): Failure {
  return new Failure('LEDGER_WRITE_FAILED', `${kind.what} did not take a write: ${String(cause)}`, {
    hint: kind.unwritable,
    where: path,
    cause,
  });
}

function unreadable(path: string, kind: ShelfKind, cause: unknown): Failure {
  return new Failure('STORE_UNREADABLE', `${kind.what} can't be read: ${String(cause)}`, {
    hint: kind.unreadable,
    where: path,
    cause,
  });
}
