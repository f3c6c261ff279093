/** What a runner folded of the record for itself, in a SQLite file of its own beside its ledger. */

import type { DatabaseSync } from 'node:sqlite';
import type { EventType, ProposalState, TargetState } from '../../kernel/index.ts';
import {
  type KeptStream,
  type KeptTarget,
  type MemoryStep,
  NO_HASH,
  type RecordMemory,
  type Remembered,
} from '../../record/index.ts';
import { openShelf, type Shelf, type ShelfKind, type ShelfParts } from './open-shelf.ts';

/** A memory and the way to close it. */
export type OpenRecordMemory = RecordMemory & { close(): void };

/** Raise it whenever a fold comes to mean something else: a memory of another version is made anew. */
const SCHEMA_VERSION = 2;
const TABLES = `
  create table position (only integer primary key check (only = 1), seq integer not null, hash text not null) strict;
  create table streams (stream text primary key, seq integer not null, type text, state text not null) strict;
  create table targets (target text primary key, seq integer not null, state text not null) strict;
`;

const KIND: ShelfKind = {
  name: 'record-memory.sqlite',
  what: "the runner's own memory of the record",
  unreadable: 'remove it; the runner makes it anew from the record, and checks it against the head that it remembers',
  synchronous: 'normal',
  unwritable: 'free space or stop the process that locks it; nothing runs on a record that was not folded',
};

/**
 * Opens `record-memory.sqlite`, made 0600 in a 0700 directory when there is none or it has another version.
 *
 * @throws Failure `STORE_UNREADABLE` on a file that is no database, `LEDGER_WRITE_FAILED`
 */
export async function openRecordMemory(parts: ShelfParts): Promise<OpenRecordMemory> {
  const { db, transact, read } = await openShelf(parts, KIND, prepareTables);
  return {
    position: () => read(() => position(db)),
    recall: (names) => read(() => recall(db, names)),
    keep: (step) => transact(() => keep(db, step)),
    close: () => db.close(),
  };
}

function prepareTables({ db }: Shelf): void {
  if (Number(db.prepare('pragma user_version').get()?.['user_version']) === SCHEMA_VERSION) return;
  for (const table of ['position', 'streams', 'targets']) db.exec(`drop table if exists ${table}`);
  db.exec(TABLES);
  db.exec(`pragma user_version = ${SCHEMA_VERSION}`);
}

function position(db: DatabaseSync): { readonly seq: number; readonly hash: string } {
  const row = db.prepare('select seq, hash from position').get();
  return row === undefined ? { seq: 0, hash: NO_HASH } : { seq: Number(row['seq']), hash: String(row['hash']) };
}

function recall(db: DatabaseSync, names: Parameters<RecordMemory['recall']>[0]): Remembered {
  // One transaction: the position must be that of the folds, whatever other processes keep meanwhile.
  db.exec('begin');
  try {
    return {
      position: position(db),
      streams: names.streams.flatMap((name) => streamOf(db, name)),
      targets: names.targets.flatMap((name) => targetOf(db, name)),
    };
  } finally {
    db.exec('rollback');
  }
}

function streamOf(db: DatabaseSync, stream: string): readonly KeptStream[] {
  const row = db.prepare('select seq, type, state from streams where stream = ?').get(stream);
  if (row === undefined) return [];
  // Written by `keep` from such a fold, in a file that nobody else writes.
  const type = row['type'] as EventType;
  // And so was this.
  const state = JSON.parse(String(row['state'])) as ProposalState;
  return [{ stream, seq: Number(row['seq']), type, state }];
}

function targetOf(db: DatabaseSync, target: string): readonly KeptTarget[] {
  const row = db.prepare('select seq, state from targets where target = ?').get(target);
  if (row === undefined) return [];
  // Written by `keep` from such a fold, in a file that nobody else writes; JSON has no place for an `undefined`.
  const { busy, held, reconciled } = JSON.parse(String(row['state'])) as TargetState;
  const lock = { busy, held };
  return [{ target, seq: Number(row['seq']), state: reconciled === undefined ? lock : { ...lock, reconciled } }];
}

function keep(db: DatabaseSync, { from, to, streams, targets }: MemoryStep): boolean {
  const now = position(db);
  if (now.seq !== from.seq || now.hash !== from.hash) return false;
  db.prepare('insert or replace into position (only, seq, hash) values (1, ?, ?)').run(to.seq, to.hash);
  const addStream = db.prepare('insert or replace into streams (stream, seq, type, state) values (?, ?, ?, ?)');
  for (const { stream, seq, type, state } of streams) {
    addStream.run(stream, seq, type ?? null, JSON.stringify(state));
  }
  const addTarget = db.prepare('insert or replace into targets (target, seq, state) values (?, ?, ?)');
  for (const { target, seq, state } of targets) addTarget.run(target, seq, JSON.stringify(state));
  return true;
}
