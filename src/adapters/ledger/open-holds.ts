/** Holds as exclusive locks on one small SQLite file each: the operating system gives them back on any death, `kill -9` too. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Failure } from '../../kernel/index.ts';
import type { Hold, Holds } from '../../loop/execute/index.ts';
import { sha256 } from '../hash/sha256.ts';
import { isBusy } from '../store/sqlite-failure.ts';
import { makePrivateFile } from './make-private-file.ts';

const CLAIM = /^[A-Za-z0-9_-]{1,128}$/;

/** Opens the holds of a runner, below its own directory. */
export function openHolds(parts: { readonly directory: string }): Holds {
  const directory = join(parts.directory, 'holds');
  return { take: async (claim) => take(directory, claim) };
}

function take(directory: string, claim: string): Hold | undefined {
  // A claim may come from a record that others wrote: it must never lead out of the directory.
  const path = join(directory, `${CLAIM.test(claim) ? claim : sha256(claim)}.lock`);
  const db = openLock(path);
  try {
    db.exec('begin exclusive');
  } catch (thrown) {
    db.close();
    if (isBusy(thrown)) return undefined;
    throw failure(path, thrown);
  }
  return { release: async () => release(db, path) };
}

function release(db: DatabaseSync, path: string): void {
  if (!db.isOpen) return;
  // Removed while the lock is held. Whoever opened the old file meanwhile locks a file that nobody else can find: that is
  // harmless, because a claim is made once, and whoever holds it looks at the record again before doing anything.
  rmSync(path, { force: true });
  db.close();
}

function openLock(path: string): DatabaseSync {
  try {
    makePrivateFile(path);
    return new DatabaseSync(path, { timeout: 0 });
  } catch (thrown) {
    throw failure(path, thrown);
  }
}

function failure(path: string, cause: unknown): Failure {
  return new Failure('LEDGER_WRITE_FAILED', `a claim can't be held: ${String(cause)}`, {
    hint: "check that the runner's directory is there, is its own, and has space left",
    where: path,
    cause,
  });
}
