/** Records a read or a run as evidence that proposals, checks and reports can cite. */

import { type Clock, type Principal, type Random, type Sha256Hex, visibleLine } from '../kernel/index.ts';
import type { BlobStore } from './blob-store.ts';
import type { EvidenceLog } from './event-log.ts';
import { maskSecrets } from './mask-secrets.ts';

/** What was seen. */
export type Seen = {
  readonly source: 'read' | 'run';
  /** What was read or run, for people; masked and made visible here. */
  readonly about: string;
  /** The bytes that were seen; masked here. */
  readonly content: Uint8Array;
  /** Secret values that must not be recorded. */
  readonly secrets: readonly string[];
};

/** A citation: the id names the evidence, the digest its masked bytes. */
export type Citation = {
  readonly id: string;
  readonly digest: Sha256Hex;
  readonly sizeBytes: number;
  readonly seq: number;
};

/** What recording needs. */
export type EvidenceParts = {
  readonly evidence: EvidenceLog;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly random: Random;
};

const ID_BYTES = 13;

/**
 * Records evidence: first the masked bytes, then the event that names them.
 *
 * @returns what to cite it by; durable
 * @throws Failure `STORE_WRITE_FAILED`, `STORE_BUSY`, `BLOB_TOO_LARGE`
 */
export async function recordEvidence(parts: EvidenceParts, actor: Principal, seen: Seen): Promise<Citation> {
  const mask = maskSecrets(seen.secrets);
  const stream = mask.stream();
  const masked = Buffer.concat([stream.push(seen.content), stream.end()]);
  const digest = await parts.blobs.put(masked);
  const id = Buffer.from(parts.random.bytes(ID_BYTES)).toString('hex');
  const { seq } = await parts.evidence.note({
    actor,
    atMs: parts.clock.nowMs(),
    body: {
      type: 'evidence-recorded',
      id,
      source: seen.source,
      about: visibleLine(mask.text(seen.about)),
      digest,
      sizeBytes: masked.length,
    },
  });
  return { id, digest, sizeBytes: masked.length, seq };
}
