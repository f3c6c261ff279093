/** Writes the record, or one proposal of it, into one file that verifies offline. */

import {
  type Clock,
  canonicalJson,
  Failure,
  type HashFunction,
  isFailure,
  type Sha256Hex,
  type Signer,
} from '../kernel/index.ts';
import type { BlobStore } from './blob-store.ts';
import { citedEntries, evidenceIdOf } from './cited-evidence.ts';
import { entryText, NO_HASH } from './event-hash.ts';
import type { ChainHead } from './event-log.ts';
import { clearBlobsOf, type NamedBlobs, nameBlobs, noBlobs } from './examine-blobs.ts';
import type { ExportHeader, ExportScope } from './export-format.ts';
import {
  buildTree,
  consistencyProof,
  type Frontier,
  growFrontier,
  inclusionProof,
  type MerkleTree,
  rootOf,
} from './merkle-tree.ts';
import { parseEvent } from './parse-event.ts';
import { type SignedHead, signHead } from './signed-head.ts';
import type { RecordSource, StoredEntry } from './stored-entry.ts';
import { walkEntries } from './verify-record.ts';

/** What an export needs. */
export type ExportParts = {
  readonly source: RecordSource;
  readonly blobs: Pick<BlobStore, 'get'>;
  readonly hash: HashFunction;
  readonly clock: Clock;
  /** Who signs the head and the header; `undefined` where nobody may, and the file says so. */
  readonly signer: Signer | undefined;
  readonly scope: ExportScope;
  /** An earlier head that the reader holds: the file then proves that nothing before it was rewritten. */
  readonly against?: SignedHead | undefined;
};

/** The record as it stands when the export begins; what is appended meanwhile is left out. */
type Snapshot = { readonly head: ChainHead; readonly frontier: Frontier; readonly hashes: readonly Sha256Hex[] };

/**
 * Writes an export, line by line; each line ends with a newline.
 *
 * Every link of the chain is checked first. Blobs that are encrypted to the runner are left out; a blob that is gone is named.
 *
 * @returns the lines of the file
 * @throws Failure `RECORD_BROKEN` naming the first bad entry, `NOT_FOUND` for an unknown proposal, `SIGNING_FAILED`
 * @see export-format.ts for what such a file proves
 */
export async function* exportRecord(parts: ExportParts): AsyncGenerator<string> {
  const snapshot = await takeSnapshot(parts);
  const tree = buildTree(
    parts.hash,
    parts.scope.kind === 'proposal' || parts.against !== undefined ? snapshot.hashes : [],
  );
  const scoped = await lookThrough(parts, snapshot.head.seq);
  yield `${canonicalJson(await writeHeader(parts, { snapshot, tree, scoped }))}\n`;
  const named = noBlobs();
  for await (const entry of together(scoped.cited, entriesIn(parts, snapshot.head.seq))) {
    const proof = parts.scope.kind === 'proposal' ? inclusionProof(tree, entry.seq - 1, snapshot.head.seq) : [];
    nameBlobs(named, entry.seq, parseEvent(entry).body);
    yield `{"kind":"event","event":${eventText(entry)},"proof":${JSON.stringify(proof)}}\n`;
  }
  yield* blobLines(parts, named);
}

async function takeSnapshot(parts: ExportParts): Promise<Snapshot> {
  const hashes: Sha256Hex[] = [];
  let frontier: Frontier = [];
  const walked = await walkEntries(parts, { seq: 0, hash: NO_HASH }, (entry) => {
    frontier = growFrontier(parts.hash, frontier, hashes.length, entry.hash);
    hashes.push(entry.hash);
    return undefined;
  });
  if (walked.kind === 'whole') return { head: walked.head, frontier, hashes };
  throw new Failure('RECORD_BROKEN', `the record can't be exported: ${walked.problem.what}`, {
    hint: 'countersign record verify says more',
    where: `event ${walked.problem.seq}`,
  });
}

/** What is in scope: the newest entry, and what its bundles cite. In a file of everything all evidence is in its place anyway. */
type Scoped = { readonly newestSeq: number; readonly cited: readonly StoredEntry[] };

type Contents = { readonly snapshot: Snapshot; readonly tree: MerkleTree; readonly scoped: Scoped };

async function writeHeader(parts: ExportParts, { snapshot, tree, scoped }: Contents): Promise<ExportHeader> {
  const { scope, against, signer, hash, clock } = parts;
  const { head, frontier } = snapshot;
  const canProve = against !== undefined && against.seq <= head.seq;
  const ids = scoped.cited.flatMap(({ stream }) => evidenceIdOf(stream) ?? []);
  const words = {
    schema: 'countersign.export/1',
    scope,
    newestSeq: scoped.newestSeq,
    consistency: canProve ? { seq: against.seq, ...consistencyProof(tree, against.seq, head.seq) } : undefined,
    evidence: ids.length === 0 ? undefined : ids,
  } as const;
  if (signer === undefined) return { ...words, head: { ...head, root: rootOf(hash, frontier) }, signature: null };
  const unsigned = { ...words, head: await signHead({ hash, clock, signer }, head, frontier) };
  return { ...unsigned, signature: await signer.sign(canonicalJson(unsigned)) };
}

async function lookThrough(parts: ExportParts, headSeq: number): Promise<Scoped> {
  const { scope, source } = parts;
  if (scope.kind === 'everything') return { newestSeq: headSeq, cited: [] };
  const bundles: Sha256Hex[] = [];
  let newestSeq = 0;
  for await (const entry of entriesIn(parts, headSeq)) {
    newestSeq = entry.seq;
    const { body } = parseEvent(entry);
    if (body.type === 'sealed') bundles.push(body.bundleDigest);
  }
  const cited = await citedEntries({ source, contentOf: (digest) => contentOf(parts, digest) }, bundles);
  if (newestSeq > 0) return { newestSeq, cited: cited.filter(({ seq }) => seq < newestSeq) };
  throw new Failure('NOT_FOUND', `the record has no proposal ${scope.proposal}`, {
    hint: 'countersign list',
    where: scope.proposal,
  });
}

/** Puts what is cited between the entries of a proposal, by seq; none of it comes after the newest of them. */
async function* together(
  cited: readonly StoredEntry[],
  entries: AsyncIterable<StoredEntry>,
): AsyncGenerator<StoredEntry> {
  const waiting = [...cited];
  for await (const entry of entries) {
    for (let first = waiting[0]; first !== undefined && first.seq < entry.seq; first = waiting[0]) {
      yield first;
      waiting.shift();
    }
    yield entry;
  }
}

const PAGE = 1_000;

async function* entriesIn(parts: Pick<ExportParts, 'source' | 'scope'>, upTo: number): AsyncGenerator<StoredEntry> {
  const { source, scope } = parts;
  for (let after = 0; after < upTo; ) {
    const page = await (scope.kind === 'everything'
      ? source.entries(after, PAGE)
      : source.streamEntries(`proposal:${scope.proposal}`, after, PAGE));
    const inside = page.filter((entry) => entry.seq <= upTo);
    yield* inside;
    after = page.length < PAGE ? upTo : (inside.at(-1)?.seq ?? upTo);
  }
}

function eventText(entry: StoredEntry): string {
  return `${entryText(entry).slice(0, -1)},"hash":"${entry.hash}"}`;
}

async function* blobLines(parts: ExportParts, named: NamedBlobs): AsyncGenerator<string> {
  const written = new Set<Sha256Hex>();
  const waiting = [...named.first.keys()];
  for (let digest = waiting.shift(); digest !== undefined; digest = waiting.shift()) {
    if (written.has(digest)) continue;
    written.add(digest);
    const content = await contentOf(parts, digest);
    if (content !== undefined && named.manifests.has(digest)) waiting.push(...clearBlobsOf(content));
    const line =
      content === undefined
        ? { kind: 'missing-blob', digest }
        : { kind: 'blob', digest, base64: Buffer.from(content).toString('base64') };
    yield `${JSON.stringify(line)}\n`;
  }
}

/** A blob's bytes; `undefined` when they are gone or changed: the file names it then, and its verification reports it. */
async function contentOf(parts: ExportParts, digest: Sha256Hex): Promise<Uint8Array | undefined> {
  try {
    return await parts.blobs.get(digest);
  } catch (thrown) {
    if (isFailure(thrown) && (thrown.code === 'BLOB_MISSING' || thrown.code === 'BLOB_CORRUPT')) return undefined;
    throw thrown;
  }
}
