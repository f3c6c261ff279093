/**
 * The runner's ledger in a SQLite file of its own: it alone decides whether a bundle may begin.
 *
 * Rows are added and given their end once; nothing is ever deleted or replaced.
 */

import { closeSync, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Clock, Failure, type Random } from '../../kernel/index.ts';
import type { IntendAnswer, Intent, Ledger, LedgerEnd, LedgerEntry } from '../../loop/execute/index.ts';
import { isBusy, isDiskTrouble } from '../store/sqlite-failure.ts';
import { makePrivateFile } from './make-private-file.ts';

/** What the ledger needs. `directory` is the runner's own. */
export type LedgerParts = {
  readonly directory: string;
  readonly clock: Clock;
  readonly random: Random;
  /** How long a write waits for another process of this runner; 10 000 when left out. */
  readonly busyDeadlineMs?: number | undefined;
};

/** A ledger and the way to close it. */
export type OpenLedger = Ledger & { close(): void };

const SCHEMA_VERSION = 1;
const TABLES = `
  create table if not exists intents (
    claim text primary key,
    proposal text not null,
    bundle text not null unique,
    run_directory text not null,
    at_ms integer not null,
    nonces text not null,
    ending text
  ) strict;
  create table if not exists nonces (nonce text primary key, claim text not null references intents) strict;
`;

/**
 * Opens `ledger.sqlite`, made 0600 in a 0700 directory when there is none. What it acknowledges survives power loss.
 *
 * @throws Failure `STORE_UNREADABLE` on a file that is no ledger or a newer one, `LEDGER_WRITE_FAILED`
 */
export async function openLedger(parts: LedgerParts): Promise<OpenLedger> {
  const path = join(parts.directory, 'ledger.sqlite');
  const db = openFile(path);
  const shelf: Shelf = { ...parts, db, path };
  try {
    for (const pragma of ['journal_mode = wal', 'synchronous = full', 'fullfsync = on', 'foreign_keys = on']) {
      await untilFree(shelf, () => db.exec(`pragma ${pragma}`));
    }
    await transact(shelf, () => prepareTables(shelf));
    syncDirectory(parts.directory);
  } catch (thrown) {
    db.close();
    throw thrown instanceof Failure ? thrown : unreadable(path, thrown);
  }
  return {
    intend: (intent) => transact(shelf, () => intend(db, intent)),
    conclude: (claim, end) => transact(shelf, () => conclude(db, claim, end)),
    find: (bundleDigest) => read(shelf, () => find(db, bundleDigest)),
    unfinished: () => read(shelf, () => unfinished(db)),
    close: () => db.close(),
  };
}

type Shelf = LedgerParts & { readonly db: DatabaseSync; readonly path: string };

function openFile(path: string): DatabaseSync {
  try {
    makePrivateFile(path);
    return new DatabaseSync(path, { timeout: 0 });
  } catch (cause) {
    throw unreadable(path, cause);
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

function prepareTables(shelf: Shelf): void {
  const version = Number(shelf.db.prepare('pragma user_version').get()?.['user_version']);
  if (version > SCHEMA_VERSION)
    throw unreadable(shelf.path, `it has version ${version}, this program knows ${SCHEMA_VERSION}`);
  shelf.db.exec(TABLES);
  if (version < SCHEMA_VERSION) shelf.db.exec(`pragma user_version = ${SCHEMA_VERSION}`);
}

function intend(db: DatabaseSync, intent: Intent): IntendAnswer {
  const used = findUse(db, intent);
  if (used !== undefined) return used;
  db.prepare(
    'insert into intents (claim, proposal, bundle, run_directory, at_ms, nonces) values (?, ?, ?, ?, ?, ?)',
  ).run(
    intent.claim,
    intent.proposal,
    intent.bundleDigest,
    intent.runDirectory,
    intent.atMs,
    JSON.stringify(intent.nonces),
  );
  const addNonce = db.prepare('insert into nonces (nonce, claim) values (?, ?)');
  for (const nonce of intent.nonces) addNonce.run(nonce, intent.claim);
  return { kind: 'intended' };
}

function findUse(db: DatabaseSync, intent: Intent): IntendAnswer | undefined {
  const bundle = db.prepare('select claim from intents where bundle = ?').get(intent.bundleDigest);
  if (bundle !== undefined) return { kind: 'used', what: 'the bundle', claim: String(bundle['claim']) };
  for (const nonce of intent.nonces) {
    const row = db.prepare('select claim from nonces where nonce = ?').get(nonce);
    if (row !== undefined) return { kind: 'used', what: `the nonce ${nonce}`, claim: String(row['claim']) };
  }
  return undefined;
}

function conclude(db: DatabaseSync, claim: string, end: LedgerEnd): void {
  db.prepare('update intents set ending = ? where claim = ? and ending is null').run(JSON.stringify(end), claim);
}

const COLUMNS = 'claim, proposal, bundle, run_directory, at_ms, nonces, ending';

function find(db: DatabaseSync, bundleDigest: string): LedgerEntry | undefined {
  const row = db.prepare(`select ${COLUMNS} from intents where bundle = ?`).get(bundleDigest);
  return row === undefined ? undefined : entryOf(row);
}

function unfinished(db: DatabaseSync): readonly LedgerEntry[] {
  return db.prepare(`select ${COLUMNS} from intents where ending is null order by at_ms, claim`).all().map(entryOf);
}

function entryOf(row: Readonly<Record<string, unknown>>): LedgerEntry {
  const ending = row['ending'];
  return {
    intent: {
      claim: String(row['claim']),
      proposal: String(row['proposal']),
      bundleDigest: String(row['bundle']),
      // Written by `intend` from an array of strings, in a file that nobody else writes.
      nonces: JSON.parse(String(row['nonces'])) as string[],
      runDirectory: String(row['run_directory']),
      atMs: Number(row['at_ms']),
    },
    // Written by `conclude` from a LedgerEnd, in a file that nobody else writes.
    end: typeof ending === 'string' ? (JSON.parse(ending) as LedgerEnd) : undefined,
  };
}

async function transact<Answer>(shelf: Shelf, work: () => Answer): Promise<Answer> {
  return await untilFree(shelf, () => {
    shelf.db.exec('begin immediate');
    try {
      const answer = work();
      shelf.db.exec('commit');
      return answer;
    } catch (thrown) {
      // SQLite rolls back by itself on a full disk.
      if (shelf.db.isTransaction) shelf.db.exec('rollback');
      throw thrown;
    }
  });
}

async function read<Answer>(shelf: Shelf, work: () => Answer): Promise<Answer> {
  try {
    return await untilFree(shelf, work);
  } catch (thrown) {
    throw unreadable(shelf.path, thrown);
  }
}

const BUSY_DEADLINE_MS = 10_000;

async function untilFree<Answer>(shelf: Shelf, attempt: () => Answer): Promise<Answer> {
  const deadlineMs = shelf.busyDeadlineMs ?? BUSY_DEADLINE_MS;
  for (let waitedMs = 0; ; ) {
    try {
      return attempt();
    } catch (thrown) {
      if (!isBusy(thrown)) throw isDiskTrouble(thrown) ? writeFailure(shelf.path, thrown) : thrown;
      if (waitedMs >= deadlineMs) throw writeFailure(shelf.path, thrown);
    }
    const waitMs = 1 + 9 * shelf.random.fraction();
    await shelf.clock.wait(waitMs);
    waitedMs += waitMs;
  }
}

function writeFailure(path: string, cause: unknown): Failure {
  return new Failure('LEDGER_WRITE_FAILED', `the runner's ledger did not take a write: ${String(cause)}`, {
    hint: 'free space or stop the process that locks it; what is not in the ledger does not run',
    where: path,
    cause,
  });
}

function unreadable(path: string, cause: unknown): Failure {
  return new Failure('STORE_UNREADABLE', `the runner's ledger can't be read: ${String(cause)}`, {
    hint: "restore it; without its ledger a runner can't know what it has already run, so it runs nothing",
    where: path,
    cause,
  });
}
