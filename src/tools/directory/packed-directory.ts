/**
 * The container of a sealed directory: one line that names the format, one line of JSON, then the files' bytes in order.
 *
 * Unpacking writes into one directory and nowhere else, whatever the bytes say.
 */

import { z } from 'zod';
import { canonicalJson, Failure, type JsonObject, visibleLine } from '../../kernel/index.ts';
import { whyUnsafeLink, whyUnsafePath } from './entry-path.ts';
import { DIRECTORY_BOUNDS, type DirectoryParts, type SealedDirectory, type SealedEntry } from './sealed-directory.ts';

const MAGIC = 'countersign.directory/1\n';
const NEWLINE = 10;

const ENTRY = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('directory'), path: z.string() }),
  z.strictObject({ kind: z.literal('link'), path: z.string(), linksTo: z.string() }),
  z.strictObject({
    kind: z.literal('file'),
    path: z.string(),
    digest: z.string().regex(/^[0-9a-f]{64}$/),
    sizeBytes: z.int().min(0).max(DIRECTORY_BOUNDS.fileBytes),
    isExecutable: z.boolean(),
  }),
]);
const HEADER = z.strictObject({ entries: z.array(ENTRY).max(DIRECTORY_BOUNDS.entries) });

/**
 * Packs a directory's bytes into one container; the same sealed directory always gives the same bytes.
 *
 * @param directory  where the files lie; absolute and link-free
 * @param sealed  what `readDirectory` found there; every file must still have its digest
 * @throws Failure `CONTENTION` when a file is no longer what was sealed
 */
export async function packDirectory(
  parts: DirectoryParts,
  directory: string,
  sealed: SealedDirectory,
): Promise<Uint8Array> {
  const header: JsonObject = { entries: sealed.entries.map((entry) => ({ ...entry })) };
  const chunks: Uint8Array[] = [Buffer.from(`${MAGIC}${canonicalJson(header)}\n`)];
  for (const entry of sealed.entries) {
    if (entry.kind !== 'file') continue;
    const content = await parts.files.read(`${directory}/${entry.path}`, DIRECTORY_BOUNDS.fileBytes);
    if (content === undefined || parts.hash(content) !== entry.digest) {
      throw new Failure('CONTENTION', `${visibleLine(entry.path)} changed while the directory was being sealed`, {
        hint: 'propose again when nothing writes to the directory',
        where: visibleLine(`${directory}/${entry.path}`),
      });
    }
    chunks.push(content);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/**
 * Unpacks a container into an existing directory and writes nowhere else: links are made last, so nothing is written through one.
 *
 * @param into  absolute, existing and private to the caller
 * @returns what was unpacked, every byte checked against its digest
 * @throws Failure `BLOB_CORRUPT` on anything but a well-formed container whose entries stay inside; nothing was written then
 */
export async function unpackDirectory(
  parts: DirectoryParts,
  container: Uint8Array,
  into: string,
): Promise<SealedDirectory> {
  const { sealed, contents } = readContainer(parts, container);
  for (const entry of sealed.entries) {
    if (entry.kind === 'directory') await parts.files.makeDirectory(`${into}/${entry.path}`, 0o700);
  }
  for (const [entry, content] of contents) {
    await parts.files.write(`${into}/${entry.path}`, content, entry.isExecutable ? 0o700 : 0o600);
  }
  for (const entry of sealed.entries) {
    if (entry.kind === 'link') await parts.files.link(`${into}/${entry.path}`, entry.linksTo);
  }
  return sealed;
}

/** Lists what a container holds, and unpacks nothing. @throws Failure `BLOB_CORRUPT` as `unpackDirectory` */
export function listPacked(parts: Pick<DirectoryParts, 'hash'>, container: Uint8Array): SealedDirectory {
  return readContainer(parts, container).sealed;
}

type FileOf = Extract<SealedEntry, { readonly kind: 'file' }>;
type Unpacked = { readonly sealed: SealedDirectory; readonly contents: ReadonlyMap<FileOf, Uint8Array> };

function readContainer(parts: Pick<DirectoryParts, 'hash'>, container: Uint8Array): Unpacked {
  const magic = Buffer.from(MAGIC);
  if (!magic.equals(container.subarray(0, magic.length))) throw corrupt('it does not begin as a sealed directory does');
  const headerEnd = container.indexOf(NEWLINE, magic.length);
  if (headerEnd === -1) throw corrupt('its list of entries does not end');
  const sealed = readHeader(container.subarray(magic.length, headerEnd));
  refuseUnsafe(sealed.entries);
  const contents = new Map<FileOf, Uint8Array>();
  let at = headerEnd + 1;
  for (const entry of sealed.entries) {
    if (entry.kind !== 'file') continue;
    const content = container.subarray(at, at + entry.sizeBytes);
    if (content.byteLength !== entry.sizeBytes) throw corrupt(`${entry.path} is cut off`);
    if (parts.hash(content) !== entry.digest) throw corrupt(`${entry.path} is not what its digest says`);
    contents.set(entry, content);
    at += entry.sizeBytes;
  }
  if (at !== container.byteLength) throw corrupt(`${container.byteLength - at} bytes follow the last file`);
  return { sealed, contents };
}

function readHeader(bytes: Uint8Array): SealedDirectory {
  const parsed = HEADER.safeParse(parseJson(bytes));
  if (parsed.data === undefined) throw corrupt('its list of entries has another shape');
  return parsed.data;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw corrupt('its list of entries is not JSON', cause);
  }
}

function refuseUnsafe(entries: readonly SealedEntry[]): void {
  const directories = new Set<string>();
  const seen = new Set<string>();
  for (const entry of entries) {
    const why =
      whyUnsafePath(entry.path) ?? (entry.kind === 'link' ? whyUnsafeLink(entry.path, entry.linksTo) : undefined);
    if (why !== undefined) throw corrupt(`the entry ${entry.path} ${why}`);
    if (seen.has(entry.path)) throw corrupt(`the entry ${entry.path} stands in it twice`);
    const parent = entry.path.includes('/') ? entry.path.slice(0, entry.path.lastIndexOf('/')) : undefined;
    if (parent !== undefined && !directories.has(parent)) {
      throw corrupt(`the entry ${entry.path} lies in something that is not a directory of it`);
    }
    seen.add(entry.path);
    if (entry.kind === 'directory') directories.add(entry.path);
  }
}

function corrupt(why: string, cause?: unknown): Failure {
  return new Failure('BLOB_CORRUPT', `the sealed directory can't be unpacked: ${visibleLine(why)}`, {
    hint: 'don’t run it; propose the change again',
    cause,
  });
}
