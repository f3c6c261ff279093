/** What SQLite's error codes mean to us: busy, full or failing, unreadable, or a bug. */

import { Failure } from '../../kernel/index.ts';

const BUSY = 5;
const LOCKED = 6;
const READ_ONLY = 8;
const IO_ERROR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;

/** SQLite's primary result code of a thrown value; `undefined` when SQLite did not throw it. */
function sqliteCode(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('errcode' in thrown)) return undefined;
  // The low byte is the primary code: 517 (BUSY_SNAPSHOT) is a BUSY too.
  return typeof thrown.errcode === 'number' ? thrown.errcode & 0xff : undefined;
}

/** Somebody else holds the lock: nothing is wrong, it is only not our turn. */
export function isBusy(thrown: unknown): boolean {
  const code = sqliteCode(thrown);
  return code === BUSY || code === LOCKED;
}

/** The disk is full or failing: what was being written may not be there. */
export function isDiskTrouble(thrown: unknown): boolean {
  return [IO_ERROR, FULL, READ_ONLY, CORRUPT, CANNOT_OPEN].includes(sqliteCode(thrown) ?? -1);
}

/** Tells a reader's trouble with the file from a bug of ours, which is thrown on. */
export function readFailure(path: string, cause: unknown): unknown {
  const known = [IO_ERROR, CORRUPT, CANNOT_OPEN, NOT_A_DATABASE, READ_ONLY].includes(sqliteCode(cause) ?? -1);
  if (!known) return cause;
  return new Failure('STORE_UNREADABLE', 'the store could not be read', {
    hint: `check the disk, then the file: sqlite3 ${path} "pragma integrity_check"`,
    where: path,
    cause,
  });
}

/** Nobody gave up the lock in time. */
export function busyFailure(path: string, deadlineMs: number): Failure {
  return new Failure('STORE_BUSY', `other processes kept the store locked for ${deadlineMs / 1_000} s`, {
    hint: 'nothing was appended; see which process holds the file open, then try again',
    where: path,
  });
}

/** A write that the disk did not take. */
export function writeFailure(path: string, cause: unknown): Failure {
  return new Failure('STORE_WRITE_FAILED', 'the disk did not take a write; nothing was appended', {
    hint: 'free space or replace the disk, then start this process again: it appends nothing more until then',
    where: path,
    cause,
  });
}
