/** Reads a file that somebody else may be changing, swapping or feeding: regular files only, bounded, never waiting. */

import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** A file's bytes by name and size. `identity` differs after any write, rename or replacement that the file system notices. */
export type SteadyFile = { readonly sha256: string; readonly sizeBytes: number; readonly identity: string };

/** What was found at a path; `content` is the very bytes that the digest is of. */
export type Steadily<Found> = ({ readonly kind: 'file' } & Found) | { readonly kind: 'unfit'; readonly why: string };

const MOST_PROGRAM_BYTES = 512 * 1024 * 1024;
const MOST_CONTENT_BYTES = 64 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;
/** Linux reads no more of a first line than this. */
const MOST_FIRST_LINE_BYTES = 256;

/** Digests a file of at most 512 MiB, and tells by its beginning what it is. `firstLine` is as of `firstLineOf`. */
export async function digestFile(
  path: string,
): Promise<Steadily<SteadyFile & { readonly firstLine: string; readonly isBinary: boolean }>> {
  return await opened(path, MOST_PROGRAM_BYTES, async (read, size) => {
    const hash = createHash('sha256');
    const head = await read(Math.min(size, MOST_FIRST_LINE_BYTES));
    let sizeBytes = 0;
    for (let chunk = head; chunk.byteLength > 0; chunk = await read(CHUNK_BYTES)) {
      hash.update(chunk);
      sizeBytes += chunk.byteLength;
      if (sizeBytes > MOST_PROGRAM_BYTES) break;
    }
    return { sha256: hash.digest('hex'), sizeBytes, firstLine: firstLineOf(head), isBinary: isBinary(head) };
  });
}

/** The first line of a script, without its line break, at most 256 bytes of it; empty where the bytes are no script. */
export function firstLineOf(content: Uint8Array): string {
  const text = new TextDecoder('latin1').decode(content.subarray(0, MOST_FIRST_LINE_BYTES));
  return text.startsWith('#!') ? text.split('\n', 1).join('') : '';
}

/** ELF, or one of the forms of Mach-O. */
function isBinary(head: Uint8Array): boolean {
  return /^(?:7f454c46|cffaedfe|cefaedfe|cafebabe)/.test(Buffer.from(head.subarray(0, 4)).toString('hex'));
}

/** Reads a file of at most 64 MiB. */
export async function readSteadily(path: string): Promise<Steadily<SteadyFile & { readonly content: Uint8Array }>> {
  return await opened(path, MOST_CONTENT_BYTES, async (read) => {
    const chunks: Uint8Array[] = [];
    let sizeBytes = 0;
    for (let chunk = await read(CHUNK_BYTES); chunk.byteLength > 0; chunk = await read(CHUNK_BYTES)) {
      chunks.push(chunk);
      sizeBytes += chunk.byteLength;
      if (sizeBytes > MOST_CONTENT_BYTES) break;
    }
    const content = new Uint8Array(Buffer.concat(chunks));
    return { sha256: createHash('sha256').update(content).digest('hex'), sizeBytes, content };
  });
}

type Read = (mostBytes: number) => Promise<Uint8Array>;

async function opened<Found extends { readonly sizeBytes: number }>(
  path: string,
  mostBytes: number,
  take: (read: Read, sizeBytes: number) => Promise<Found>,
): Promise<Steadily<Found & { readonly identity: string }>> {
  try {
    // Non-blocking: a pipe without a writer would keep the caller for ever.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = await handle.stat({ bigint: true });
      const { size, dev, ino, ctimeNs, mtimeNs } = found;
      if (!found.isFile()) return { kind: 'unfit', why: 'it is a pipe or a device' };
      const tooLarge = { kind: 'unfit', why: `it is larger than ${mostBytes} bytes` } as const;
      if (size > BigInt(mostBytes)) return tooLarge;
      const taken = await take(async (most) => {
        const { buffer, bytesRead } = await handle.read(new Uint8Array(most), 0, most, null);
        return buffer.subarray(0, bytesRead);
      }, Number(size));
      if (taken.sizeBytes > mostBytes) return tooLarge;
      return { kind: 'file', ...taken, identity: [dev, ino, size, ctimeNs, mtimeNs].join(' ') };
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
    return { kind: 'unfit', why: `it can't be read: ${code}` };
  }
}
