/** Examines the evidence: every blob that the events name is there, with the bytes that were recorded. */

import { z } from 'zod';
import { type EventBody, type HashFunction, isFailure, placeOf, type Sha256Hex } from '../kernel/index.ts';
import type { BlobStore } from './blob-store.ts';
import type { Problem } from './problem.ts';
import { digest } from './word-schemas.ts';

/** An entry that sealed a bundle, and the place that it says. */
type Sealing = { readonly seq: number; readonly place: Sha256Hex | undefined };

/** Blobs that events named so far, with the first entry that did; of manifests every entry that did. */
export type NamedBlobs = { readonly first: Map<Sha256Hex, number>; readonly manifests: Map<Sha256Hex, Sealing[]> };

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
  if (body.type !== 'sealed') return;
  const { bundleDigest, place } = body;
  named.manifests.set(bundleDigest, [...(named.manifests.get(bundleDigest) ?? []), { seq, place }]);
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

/** The first entry that says another place than its bundle; else the first blob that is missing or changed, in the order of the entries that name them. */
export async function examineBlobs(
  hash: HashFunction,
  named: NamedBlobs,
  blobs: Pick<BlobStore, 'get'>,
): Promise<Problem | undefined> {
  for (const [manifest, sealings] of named.manifests) {
    const seq = sealings[0]?.seq ?? 0;
    const found = await look(blobs, manifest, seq);
    if (found.kind === 'odd') continue;
    const displaced = examinePlaces(hash, sealings, found.content);
    if (displaced !== undefined) return displaced;
    for (const blob of clearBlobsOf(found.content)) if (!named.first.has(blob)) named.first.set(blob, seq);
  }
  const bySeq = [...named.first].sort(([, left], [, right]) => left - right);
  for (const [blob, seq] of bySeq) {
    const found = await look(blobs, blob, seq);
    if (found.kind === 'odd') return found.problem;
  }
  return undefined;
}

const manifestFacts = z.object({ facts: z.array(z.object({ name: z.string(), value: z.json() })) });

/** Says which entry names another place than the facts of its bundle do: it would take another lock. */
export function examinePlaces(
  hash: HashFunction,
  sealings: readonly Sealing[],
  manifest: Uint8Array,
): Problem | undefined {
  // What is no manifest tells no place; its own bytes are still checked by their digest.
  const facts = manifestFacts.safeParse(jsonOf(manifest)).data?.facts ?? [];
  const told = placeOf(hash, facts);
  const wrong = sealings.find(({ place }) => place !== told);
  if (wrong === undefined) return undefined;
  const what = `the place in entry ${wrong.seq} is not the one that the facts of its bundle tell`;
  return { kind: 'bad-place', seq: wrong.seq, what };
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
