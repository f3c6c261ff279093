/** One piece of evidence as programs and people see it, `countersign.evidence-show/1`. */

import { isFailure, type Principal } from '../../../kernel/index.ts';
import type { BlobStore } from '../../../record/index.ts';
import type { RecordedEvidence } from '../find-evidence.ts';

/** What was recorded. Of `text`, `base64` and `trouble` exactly one is not `null`. */
export type ShownEvidence = {
  readonly schema: 'countersign.evidence-show/1';
  readonly id: string;
  readonly source: 'read' | 'run';
  readonly about: string;
  readonly recordedBy: Principal;
  readonly atMs: number;
  readonly seq: number;
  readonly digest: string;
  readonly sizeBytes: number;
  /** The bytes, masked as they were recorded, where they are text. */
  readonly text: string | null;
  /** The bytes where they are no text. */
  readonly base64: string | null;
  /** Why its bytes are not shown: they are gone, or not those that were recorded. */
  readonly trouble: string | null;
};

/** Reads the bytes of an entry, and checks them by their digest. */
export async function shownEvidence(
  blobs: Pick<BlobStore, 'get'>,
  { actor, atMs, seq, body }: RecordedEvidence,
): Promise<ShownEvidence> {
  const { type: _, ...recorded } = body;
  const content = await contentOf(blobs, body.digest);
  return { schema: 'countersign.evidence-show/1', ...recorded, recordedBy: actor, atMs, seq, ...content };
}

type Content = Pick<ShownEvidence, 'text' | 'base64' | 'trouble'>;

async function contentOf(blobs: Pick<BlobStore, 'get'>, digest: string): Promise<Content> {
  try {
    const bytes = await blobs.get(digest);
    const text = textOf(bytes);
    return { text, base64: text === null ? Buffer.from(bytes).toString('base64') : null, trouble: null };
  } catch (thrown) {
    if (!isFailure(thrown) || (thrown.code !== 'BLOB_MISSING' && thrown.code !== 'BLOB_CORRUPT')) throw thrown;
    return { text: null, base64: null, trouble: thrown.message };
  }
}

function textOf(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // Not UTF-8: it is shown as bytes.
    return null;
  }
}
