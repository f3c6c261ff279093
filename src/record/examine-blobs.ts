/** Examines the evidence: every blob that the events name is there, with the bytes that were recorded. */

import { z } from 'zod';
import { type EventBody, isFailure, type Sha256Hex } from '../kernel/index.ts';
import type { BlobStore } from './blob-store.ts';
import type { Problem } from './problem.ts';
import { digest } from './word-schemas.ts';

/** Blobs that events named so far, with the first entry that did. */
export type NamedBlobs = { readonly first: Map<Sha256Hex, number>; readonly manifests: Map<Sha256Hex, number> };

/** None named yet. */
export function noBlobs(): NamedBlobs {
  return { first: new Map(), manifests: new Map() };
}

/**
 * Notes the blobs that an event names.
 *
 * Blobs that are encrypted to the runner are left out: they are destroyed at the close, and prove nothing.
 */
export function nameBlobs(named: NamedBlobs, seq: number, body: EventBody): void {
  for (const blob of blobsOf(body)) if (!named.first.has(blob)) named.first.set(blob, seq);
  if (body.type === 'sealed' && !named.manifests.has(body.bundleDigest)) named.manifests.set(body.bundleDigest, seq);
}

function blobsOf(body: EventBody): readonly Sha256Hex[] {
  switch (body.type) {
    case 'sealed':
      return [body.bundleDigest, body.previewDigest];
    case 'output':
    case 'evidence-recorded':
      return [body.digest];
    case 'executed':
      return body.outcome.evidence;
    default:
      return [];
  }
}

/** The first blob that is missing or changed, in the order of the entries that name them. */
export async function examineBlobs(named: NamedBlobs, blobs: Pick<BlobStore, 'get'>): Promise<Problem | undefined> {
  for (const [manifest, seq] of named.manifests) {
    const found = await look(blobs, manifest, seq);
    if (found.kind === 'odd') continue;
    for (const blob of clearBlobsOf(found.content)) if (!named.first.has(blob)) named.first.set(blob, seq);
  }
  const bySeq = [...named.first].sort(([, left], [, right]) => left - right);
  for (const [blob, seq] of bySeq) {
    const found = await look(blobs, blob, seq);
    if (found.kind === 'odd') return found.problem;
  }
  return undefined;
}

const manifestBlobs = z.object({ blobs: z.array(z.object({ digest, sealing: z.enum(['clear', 'age']) })) });

/** Blobs in the clear that a manifest's bytes name; none when they are no manifest. */
export function clearBlobsOf(content: Uint8Array): readonly Sha256Hex[] {
  const parsed = manifestBlobs.safeParse(jsonOf(content));
  // A manifest that can't be read names nothing; its own bytes are still checked by their digest.
  if (parsed.error !== undefined) return [];
  return parsed.data.blobs.flatMap((blob) => (blob.sealing === 'clear' ? [blob.digest] : []));
}

function jsonOf(content: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(content));
  } catch {
    return undefined;
  }
}

async function look(
  blobs: Pick<BlobStore, 'get'>,
  blob: Sha256Hex,
  seq: number,
): Promise<
  { readonly kind: 'found'; readonly content: Uint8Array } | { readonly kind: 'odd'; readonly problem: Problem }
> {
  try {
    return { kind: 'found', content: await blobs.get(blob) };
  } catch (thrown) {
    if (!isFailure(thrown)) throw thrown;
    if (thrown.code !== 'BLOB_MISSING' && thrown.code !== 'BLOB_CORRUPT') throw thrown;
    const isMissing = thrown.code === 'BLOB_MISSING';
    const what = `the blob ${blob}, named by entry ${seq}, is ${isMissing ? 'missing' : 'not what was recorded'}`;
    return { kind: 'odd', problem: { kind: isMissing ? 'blob-missing' : 'blob-corrupt', seq, what } };
  }
}
