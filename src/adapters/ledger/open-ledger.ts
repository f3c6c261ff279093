/**
 * The runner's ledger in a SQLite file of its own: it alone decides whether a bundle may begin.
 *
 * Rows are added and given their end once; nothing is ever deleted or replaced.
 */

import type { DatabaseSync } from 'node:sqlite';
import type { IntendAnswer, Intent, Ledger, LedgerEnd, LedgerEntry } from '../../loop/execute/index.ts';
import { openShelf, type Shelf, type ShelfKind, type ShelfParts } from './open-shelf.ts';

/** A ledger and the way to close it. */
export type OpenLedger = Ledger & { close(): void };

const SCHEMA_VERSION = 2;
const TABLES = `
  create table if not exists intents (
    claim text primary key,
    proposal text not null,
    bundle text not null unique,
    run_directory text not null,
    at_ms integer not null,
    nonces text not null,
    ending text,
    grant_name text
  ) strict;
  create table if not exists nonces (nonce text primary key, claim text not null references intents) strict;
`;

const KIND: ShelfKind = {
  name: 'ledger.sqlite',
  what: "the runner's ledger",
  unreadable: "restore it; without its ledger a runner can't know what it has already run, so it runs nothing",
  synchronous: 'full',
  unwritable: 'free space or stop the process that locks it; what is not in the ledger does not run',
};

/**
 * Opens `ledger.sqlite`, made 0600 in a 0700 directory when there is none. What it acknowledges survives power loss.
 *
 * @throws Failure `STORE_UNREADABLE` on a file that is no ledger or a newer one, `LEDGER_WRITE_FAILED`
 */
export async function openLedger(parts: ShelfParts): Promise<OpenLedger> {
  const { db, transact, read } = await openShelf(parts, KIND, prepareTables);
  return {
    intend: (intent) => transact(() => intend(db, intent)),
    conclude: (claim, end) => transact(() => conclude(db, claim, end)),
    find: (bundleDigest) => read(() => find(db, bundleDigest)),
    unfinished: () => read(() => unfinished(db)),
    grantsUsed: () => read(() => grantsUsed(db)),
    close: () => db.close(),
  };
}

function prepareTables({ db, unreadable }: Shelf): void {
  const version = Number(db.prepare('pragma user_version').get()?.['user_version']);
  if (version > SCHEMA_VERSION) throw unreadable(`it has version ${version}, this program knows ${SCHEMA_VERSION}`);
  // Version 1 knew nothing of grants: its lines stay, and count for none.
  if (version === 1) db.exec('alter table intents add column grant_name text');
  db.exec(TABLES);
  if (version < SCHEMA_VERSION) db.exec(`pragma user_version = ${SCHEMA_VERSION}`);
}

function intend(db: DatabaseSync, intent: Intent): IntendAnswer {
  const used = findUse(db, intent);
  if (used !== undefined) return used;
  db.prepare(
    'insert into intents (claim, proposal, bundle, run_directory, at_ms, nonces, grant_name) values (?, ?, ?, ?, ?, ?, ?)',
  ).run(
    intent.claim,
    intent.proposal,
    intent.bundleDigest,
    intent.runDirectory,
    intent.atMs,
    JSON.stringify(intent.nonces),
    intent.grant?.name ?? null,
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
  return intent.grant === undefined ? undefined : findGrantUse(db, intent.grant);
}

// Counted again in the transaction that takes the use: of two that were judged at once, one was judged on an old count.
function findGrantUse(db: DatabaseSync, grant: NonNullable<Intent['grant']>): IntendAnswer | undefined {
  const rows = db.prepare('select claim from intents where grant_name = ? order by rowid').all(grant.name);
  const [next] = rows.slice(grant.usedBefore);
  if (next === undefined) return undefined;
  return { kind: 'used', what: `the grant ${grant.name}`, claim: String(next['claim']) };
}

function grantsUsed(db: DatabaseSync): Readonly<Record<string, number>> {
  const counted = 'select grant_name, count(*) as uses from intents where grant_name is not null group by grant_name';
  const rows = db.prepare(counted).all();
  return Object.fromEntries(rows.map((row) => [String(row['grant_name']), Number(row['uses'])]));
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
