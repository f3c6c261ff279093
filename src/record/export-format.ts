/**
 * The file of an export: JSON lines, one header, then events by seq, then blobs.
 *
 * What a file of everything proves: the events are exactly those of a record whose tip the exporter signed.
 *
 * What a file of one proposal proves, and what not:
 * - each of its events stands in that record, by a Merkle proof to the signed root;
 * - none is missing between its first and its last event, because each event's hash covers the seq of the one before in its
 *   stream. A chain alone could not prove that without showing everybody else's events, so no bare hashes are exported;
 * - that its last event is the newest is the exporter's signed word: nothing short of the whole record proves that there is
 *   no later one. Have it exported by somebody who gains nothing from hiding the end, such as the verifier;
 * - the evidence that its bundle cites is in the file, each piece an entry of that record with its bytes.
 *
 * A file that nobody signed proves no more than that it hangs together, and what is signed inside it.
 */

import { z } from 'zod';
import type { Sha256Hex } from '../kernel/index.ts';
import type { ConsistencyProof } from './merkle-tree.ts';
import { exactly } from './same-type.ts';
import { type SignedHead, signedHead } from './signed-head.ts';
import { digest } from './word-schemas.ts';

/** What an export holds. */
export type ExportScope = { readonly kind: 'everything' } | { readonly kind: 'proposal'; readonly proposal: string };

type HeaderWords = {
  readonly schema: 'countersign.export/1';
  readonly scope: ExportScope;
  /** Seq of the newest event in scope. */
  readonly newestSeq: number;
  /** Proves that the record of an earlier head is the beginning of this one. */
  readonly consistency?: (ConsistencyProof & { readonly seq: number }) | undefined;
  /** Ids of the evidence that is in a file of one proposal; left out where it cites none. */
  readonly evidence?: readonly string[] | undefined;
};

/** A tip that nobody signed. */
export type BareHead = Pick<SignedHead, 'seq' | 'hash' | 'root'>;

/** The first line, signed by the key of its head over the JCS of everything but `signature`. */
export type SignedHeader = HeaderWords & {
  readonly head: SignedHead;
  /** Base64. */
  readonly signature: string;
};

/** The first line of a file that nobody signed: an agent's. */
export type BareHeader = HeaderWords & { readonly head: BareHead; readonly signature: null };

/** The first line. */
export type ExportHeader = SignedHeader | BareHeader;

const digests = z.array(digest).readonly();

const headerWords = {
  schema: z.literal('countersign.export/1'),
  scope: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('everything') }),
    z.strictObject({ kind: z.literal('proposal'), proposal: z.string() }),
  ]),
  newestSeq: z.int().nonnegative(),
  consistency: z.strictObject({ seq: z.int().nonnegative(), frontier: digests, rest: digests }).optional(),
  evidence: z.array(z.string()).readonly().optional(),
};

const bareHead = z.strictObject({ seq: z.int().nonnegative(), hash: digest, root: digest });

/** What a header looks like. */
export const exportHeader: z.ZodType<ExportHeader> = exactly<ExportHeader>()(
  z.union([
    z.strictObject({ ...headerWords, head: signedHead, signature: z.string() }),
    z.strictObject({ ...headerWords, head: bareHead, signature: z.null() }),
  ]),
);

/** An event as it stands in a file: its parts are made canonical again and hashed, never believed. */
export type ExportedEvent = {
  readonly seq: number;
  readonly stream: string;
  readonly streamPrev: number;
  readonly atMs: number;
  readonly prev: Sha256Hex;
  readonly hash: Sha256Hex;
  readonly actor: unknown;
  readonly body: unknown;
};

/** Every further line. `proof` leads from the event to the head's root; empty in a file of everything. */
export type ExportLine =
  | { readonly kind: 'event'; readonly event: ExportedEvent; readonly proof: readonly Sha256Hex[] }
  | { readonly kind: 'blob'; readonly digest: Sha256Hex; readonly base64: string }
  | { readonly kind: 'missing-blob'; readonly digest: Sha256Hex };

/** What a further line looks like. */
export const exportLine: z.ZodType<ExportLine> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('event'),
    event: z.strictObject({
      schema: z.literal('countersign.event/1'),
      seq: z.int().positive(),
      stream: z.string(),
      streamPrev: z.int().nonnegative(),
      atMs: z.int(),
      prev: digest,
      hash: digest,
      actor: z.unknown(),
      body: z.unknown(),
    }),
    proof: digests,
  }),
  z.strictObject({ kind: z.literal('blob'), digest, base64: z.string() }),
  z.strictObject({ kind: z.literal('missing-blob'), digest }),
]);
