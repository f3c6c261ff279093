/** Looks at one path. Links on the way are followed, a link at its end is not: what it points to can be named itself. */

import { type BigIntStats, constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileQuestion } from '../../tools/index.ts';
import { sha256 } from '../hash/sha256.ts';
import { type FileSeen, readFileAnswer } from './answers/read-file-answer.ts';
import type { Reading } from './answers/reading.ts';
import { NOT_OPEN } from './discretion.ts';
import { everybodyMayRead } from './everybody-may-read.ts';
import { realOrNearest, refusePath } from './refuse-path.ts';
import type { WorkerOrder } from './worker-protocol.ts';

const MOST_BYTES = 64 * 1024 * 1024;

type Bounds = Pick<WorkerOrder, 'keepOut' | 'mustBeOpen'>;

/** Reads what a path holds. */
export async function askFile(question: FileQuestion, bounds: Bounds): Promise<Reading> {
  const why = await refusePath(question.path, bounds.keepOut);
  const seen: FileSeen = why === undefined ? await look(question.path, bounds) : { kind: 'unreadable', why };
  return readFileAnswer(question, seen, sha256);
}

async function look(path: string, bounds: Bounds): Promise<FileSeen> {
  try {
    // Non-blocking: a pipe without a writer would keep the worker for ever.
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const found = await handle.stat({ bigint: true });
      // Again, of what was opened: a directory on the way may have been swapped for a link since.
      const why = await refusePath(path, bounds.keepOut, found);
      if (why !== undefined) return { kind: 'unreadable', why };
      if (bounds.mustBeOpen && !(await isOpen(path, found))) return { kind: 'unreadable', why: NOT_OPEN };
      if (found.isDirectory()) return { kind: 'thing', what: 'directory' };
      if (!found.isFile()) return { kind: 'thing', what: 'special file' };
      if (found.size > MOST_BYTES) return { kind: 'unreadable', why: `it has ${found.size} bytes, more than are read` };
      return { kind: 'file', content: new Uint8Array(await handle.readFile()) };
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    const seen = seenFrom(thrown);
    return bounds.mustBeOpen && !(await isOpen(path)) ? { kind: 'unreadable', why: NOT_OPEN } : seen;
  }
}

async function isOpen(path: string, opened?: BigIntStats): Promise<boolean> {
  return await everybodyMayRead(await realOrNearest(path), opened);
}

function seenFrom(thrown: unknown): FileSeen {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
  if (code === 'ELOOP') return { kind: 'unreadable', why: 'it is a link: name what it points to' };
  return { kind: 'unreadable', why: `it can't be read: ${String(code)}` };
}
