/** Verifies an export with nothing but the file, public keys, and perhaps a head that was signed earlier. */

import { canonicalJson, type HashFunction, type Json, type Sha256Hex } from '../kernel/index.ts';
import { citationsIn, evidenceIdOf } from './cited-evidence.ts';
import { NO_HASH } from './event-hash.ts';
import type { ChainHead, RecordedEvent } from './event-log.ts';
import { clearBlobsOf, examinePlaces, type NamedBlobs, nameBlobs, noBlobs } from './examine-blobs.ts';
import { examineEntryHash, examineLink } from './examine-links.ts';
import { examineMeaning, type Folds, noFolds } from './examine-meaning.ts';
import { examineSignatures, type TrustQuestions } from './examine-signatures.ts';
import {
  type BareHead,
  type ExportedEvent,
  type ExportHeader,
  type ExportLine,
  type ExportScope,
  exportLine,
} from './export-format.ts';
import { examineHeader, jsonOf, noExport, readHeader } from './export-header.ts';
import { rootFromInclusion } from './merkle-tree.ts';
import type { DisownedEntry, Problem } from './problem.ts';
import type { SignedHead } from './signed-head.ts';
import type { StoredEntry } from './stored-entry.ts';
import { contradiction, readEntry, takeDisowned } from './verify-record.ts';

/** What verifying a file needs. */
export type ExportVerificationParts = {
  /** The file's lines, without their newlines. */
  readonly lines: AsyncIterable<string>;
  readonly hash: HashFunction;
  /** Public keys whose signature under a head is believed, base64 SPKI; `undefined` where nobody said which to believe. */
  readonly keys: readonly string[] | undefined;
  readonly trust: TrustQuestions;
  /** A head that was signed earlier, from elsewhere than this file. */
  readonly earlier?: SignedHead | undefined;
};

/**
 * `whole`: everything that such a file can prove holds; `unproven` says in sentences what it can't prove. `unvouched`: it hangs
 * together, chain, shapes and digests, and no key that the reader believes stands behind it.
 */
export type ExportAnswer =
  | {
      readonly kind: 'whole' | 'unvouched';
      readonly scope: ExportScope;
      /** As it was signed; bare where nobody signed the file. */
      readonly head: SignedHead | BareHead;
      readonly events: number;
      readonly unproven: readonly string[];
      /** By seq. */
      readonly disowned: readonly DisownedEntry[];
      /** Disowned, but they hold: no word against them counts. By seq. */
      readonly ignored: readonly DisownedEntry[];
    }
  | { readonly kind: 'broken'; readonly problem: Problem };

/** What reading the file gathers. */
type Reading = ExportVerificationParts & {
  readonly header: ExportHeader;
  readonly folds: Folds;
  readonly named: NamedBlobs;
  readonly targets: Map<string, string>;
  /** Digests of the blobs that are in the file, whole. */
  readonly blobs: Set<Sha256Hex>;
  /** Digests of the evidence so far, by id. */
  readonly evidence: Map<string, Sha256Hex>;
  /** What bundles cite, and the file has no such bytes of. */
  readonly uncited: string[];
  last: ChainHead;
  events: number;
  readonly disowned: DisownedEntry[];
  readonly ignored: DisownedEntry[];
  /** The latest time that any entry so far claims. */
  latestMs: number;
};

/**
 * Verifies an export offline.
 *
 * @returns `whole` with what stays unproven, `unvouched` without keys to believe, or the first bad line
 * @throws Failure `CONFIG_INVALID` when the file is no export at all
 * @see export-format.ts for what such a file proves
 */
export async function verifyExport(parts: ExportVerificationParts): Promise<ExportAnswer> {
  let reading: Reading | undefined;
  for await (const line of parts.lines) {
    if (line === '') continue;
    if (reading === undefined) {
      const header = readHeader(line);
      reading = { ...parts, header, ...nothingRead() };
      const problem = examineHeader(reading);
      if (problem !== undefined) return { kind: 'broken', problem };
      continue;
    }
    const problem = examineLine(reading, readLine(line));
    if (problem !== undefined) return { kind: 'broken', problem };
  }
  if (reading === undefined) throw noExport(undefined);
  const problem = examineEnd(reading);
  if (problem !== undefined) return { kind: 'broken', problem };
  const { header, events, disowned, ignored, keys } = reading;
  const { scope, head } = header;
  const kind = keys === undefined || header.signature === null ? 'unvouched' : 'whole';
  return { kind, scope, head, events, unproven: unprovenOf(reading), disowned, ignored };
}

function nothingRead(): Pick<
  Reading,
  | 'folds'
  | 'named'
  | 'targets'
  | 'blobs'
  | 'evidence'
  | 'uncited'
  | 'last'
  | 'events'
  | 'latestMs'
  | 'disowned'
  | 'ignored'
> {
  return {
    folds: noFolds(),
    named: noBlobs(),
    targets: new Map(),
    blobs: new Set(),
    evidence: new Map(),
    uncited: [],
    last: { seq: 0, hash: NO_HASH },
    events: 0,
    latestMs: 0,
    disowned: [],
    ignored: [],
  };
}

function readLine(line: string): ExportLine | undefined {
  const parsed = exportLine.safeParse(jsonOf(line));
  return parsed.error === undefined ? parsed.data : undefined;
}

function examineLine(reading: Reading, line: ExportLine | undefined): Problem | undefined {
  if (line === undefined) {
    const seq = reading.last.seq + 1;
    return { kind: 'unreadable', seq, what: `the line after entry ${reading.last.seq} can't be read` };
  }
  switch (line.kind) {
    case 'event':
      return examineEvent(reading, entryOf(reading, line.event), line.proof);
    case 'missing-blob':
      return undefined;
    case 'blob':
      return takeBlob(reading, line.digest, Buffer.from(line.base64, 'base64'));
  }
}

function takeBlob(reading: Reading, digest: Sha256Hex, content: Uint8Array): Problem | undefined {
  const seq = reading.named.first.get(digest) ?? 0;
  if (reading.hash(content) !== digest) {
    return { kind: 'blob-corrupt', seq, what: `the blob ${digest}, named by entry ${seq}, is not what was recorded` };
  }
  // A blob comes after the entry that names it, or its own names would go unread.
  if (!reading.named.first.has(digest)) return undefined;
  reading.blobs.add(digest);
  const [sealing, ...more] = reading.named.manifests.get(digest) ?? [];
  if (sealing === undefined) return undefined;
  for (const blob of clearBlobsOf(content))
    if (!reading.named.first.has(blob)) reading.named.first.set(blob, sealing.seq);
  for (const { id, digest: cited } of citationsIn(content))
    if (reading.evidence.get(id) !== cited) reading.uncited.push(id);
  return examinePlaces(reading.hash, [sealing, ...more], content);
}

/** The entry as a store would hold it. Whatever is not canonical, or no JSON of ours, hashes to something else. */
function entryOf(reading: Reading, event: ExportedEvent): StoredEntry {
  // Both come from JSON.parse, which yields nothing that is not JSON.
  const [actor, body] = [canonicalJson(event.actor as Json), canonicalJson(event.body as Json)];
  const proposal = event.stream.startsWith('proposal:') ? event.stream.slice('proposal:'.length) : '';
  return { ...event, actor, body, proposal, target: reading.targets.get(proposal) ?? '', type: '' };
}

function examineEvent(reading: Reading, entry: StoredEntry, proof: readonly Sha256Hex[]): Problem | undefined {
  const placed = examinePlace(reading, entry, proof) ?? contradicted(reading, entry);
  if (placed !== undefined) return placed;
  reading.last = { seq: entry.seq, hash: entry.hash };
  reading.events += 1;
  const why = reading.trust.disowned?.(entry);
  if (why === undefined) reading.latestMs = Math.max(reading.latestMs, entry.atMs);
  const problem = examineContent(reading, entry);
  return why === undefined ? problem : takeDisowned(reading, entry, { why, problem });
}

function examineContent(reading: Reading, entry: StoredEntry): Problem | undefined {
  const read = readEntry(entry);
  if (read.kind === 'odd') return read.problem;
  const { event } = read;
  const whole = withColumns(reading, entry, event);
  const latestMs = Math.max(reading.latestMs, entry.atMs);
  const problem = examineMeaning(reading.folds, whole, event) ?? examineSignatures(event, reading.trust, latestMs);
  if (problem !== undefined) return problem;
  nameBlobs(reading.named, entry.seq, event.body);
  if (event.body.type === 'evidence-recorded') reading.evidence.set(event.body.id, event.body.digest);
  return undefined;
}

/** A file has no columns: they are what the events say. */
function withColumns(reading: Reading, entry: StoredEntry, { body }: RecordedEvent): StoredEntry {
  if (body.type === 'drafted') reading.targets.set(entry.proposal, body.target);
  return { ...entry, type: body.type, target: reading.targets.get(entry.proposal) ?? '' };
}

function contradicted(reading: Reading, entry: StoredEntry): Problem | undefined {
  return reading.earlier === undefined ? undefined : contradiction([reading.earlier], entry);
}

/** In a file of everything an entry follows the one before; in a file of one proposal its proof leads to the signed root. */
function examinePlace(reading: Reading, entry: StoredEntry, proof: readonly Sha256Hex[]): Problem | undefined {
  const { header, hash, last } = reading;
  if (header.scope.kind === 'everything') return examineLink(hash, last, entry);
  const { seq } = entry;
  const expected = `proposal:${header.scope.proposal}`;
  const cited = evidenceIdOf(entry.stream);
  const isOfIt = entry.stream === expected || (cited !== undefined && header.evidence?.includes(cited) === true);
  if (!isOfIt || seq <= last.seq) {
    return {
      kind: 'stream-mismatch',
      seq,
      what: `entry ${seq} does not belong here: the file is of ${expected}, by seq`,
    };
  }
  const changed = examineEntryHash(hash, entry);
  if (changed !== undefined) return changed;
  const leaf = { index: seq - 1, event: entry.hash };
  if (rootFromInclusion(hash, leaf, header.head.seq, proof) === header.head.root) return undefined;
  return { kind: 'rewritten', seq, what: `entry ${seq} does not stand in the record whose head was signed` };
}

function examineEnd(reading: Reading): Problem | undefined {
  const { header, last, named, blobs } = reading;
  const { head, scope } = header;
  const end = scope.kind === 'everything' ? head.seq : header.newestSeq;
  if (last.seq !== end) {
    const what = `the file ends with entry ${last.seq}, and its signed header says that the newest is ${end}`;
    return { kind: 'incomplete', seq: last.seq + 1, what };
  }
  if (scope.kind === 'everything' && last.hash !== head.hash) {
    return { kind: 'rewritten', seq: last.seq, what: `entry ${last.seq} is not the one whose head was signed` };
  }
  const absent = header.evidence?.find((id) => !reading.evidence.has(id));
  if (absent !== undefined) {
    const what = `the file lacks the evidence ${absent}, which its header names`;
    return { kind: 'incomplete', seq: 0, what };
  }
  const [missing, seq = 0] = [...named.first].filter(([blob]) => !blobs.has(blob)).sort((a, b) => a[1] - b[1])[0] ?? [];
  if (missing === undefined) return undefined;
  return { kind: 'blob-missing', seq, what: `the blob ${missing}, named by entry ${seq}, is missing` };
}

function unprovenOf({ header, earlier, trust, keys, uncited }: Reading): readonly string[] {
  const { scope, newestSeq, consistency } = header;
  const isAgainst = earlier === undefined || scope.kind === 'everything' || consistency?.seq === earlier.seq;
  const word = header.signature === null ? 'nobody’s word' : `the word of ${header.head.signer}`;
  return [
    ...(keys === undefined ? ['whose keys signed: anybody could have made them, and this file with them'] : []),
    ...(header.signature === null ? ['that the record stood so: nobody signed the head of this file'] : []),
    ...(scope.kind === 'proposal'
      ? [`that nothing happened to ${scope.proposal} after entry ${newestSeq} is ${word}`]
      : []),
    ...uncited.map((id) => `what the evidence ${id} says: it is cited, and the file has no such bytes of it`),
    ...(isAgainst
      ? []
      : [`the file was not exported against the head of entry ${earlier.seq}, so it can't be compared`]),
    ...(trust.approval === undefined ? ['approvers’ signatures were not checked: no trust file was given'] : []),
  ];
}
