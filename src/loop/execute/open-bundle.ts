/** Opens a bundle in a directory of its own: manifest, blobs in the clear, and the bytes that will run. */

import { Failure, type Manifest } from '../../kernel/index.ts';
import type { OpenedBundle } from '../../tools/index.ts';
import type { HeldClaim } from './execution-answer.ts';
import type { ExecutionParts } from './execution-parts.ts';
import { readManifest } from './read-manifest.ts';
import { runDirectories } from './run-directories.ts';

const PRIVATE = 0o700;

/** Loads the manifest by the digest that people approved. @throws Failure `BLOB_MISSING`, `BLOB_CORRUPT` */
export async function loadManifest(parts: ExecutionParts, held: HeldClaim): Promise<Manifest> {
  const { bundleDigest } = held.state;
  return readManifest(parts.hash, await parts.blobs.get(bundleDigest), bundleDigest);
}

/**
 * Makes the private directories of a claim and fills them from the bundle.
 *
 * @throws Failure `SECRET_DESTROYED`, `BLOB_MISSING`, `BLOB_CORRUPT`, `DECRYPTION_FAILED`, and what the driver throws
 */
export async function materialiseBundle(
  parts: ExecutionParts,
  held: HeldClaim,
  manifest: Manifest,
): Promise<OpenedBundle> {
  const directories = runDirectories(parts, held.proposal, held.claim);
  for (const directory of [directories.root, directories.copy, directories.output]) {
    await parts.files.makeDirectory(directory, PRIVATE);
  }
  const bundle = { manifest, blobs: await openBlobs(parts, manifest), runDirectory: directories.copy };
  await parts.drivers[manifest.driver].materialise(bundle);
  return bundle;
}

/** Reads every blob of a manifest and decrypts what was encrypted to this runner. */
export async function openBlobs(
  parts: Pick<ExecutionParts, 'blobs' | 'opener' | 'hash'>,
  manifest: Manifest,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const opened = new Map<string, Uint8Array>();
  for (const blob of manifest.blobs) {
    const isThere = await parts.blobs.has(blob.digest);
    if (!isThere && blob.sealing === 'age') throw destroyed(manifest.proposal, blob.name);
    const stored = await parts.blobs.get(blob.digest);
    if (parts.hash(stored) !== blob.digest) throw corrupt(manifest.proposal, blob.name);
    opened.set(blob.name, blob.sealing === 'age' ? await parts.opener.open(stored) : stored);
  }
  return opened;
}

function destroyed(proposal: string, blob: string): Failure {
  return new Failure('SECRET_DESTROYED', `the sealed bytes "${blob}" of ${proposal} were destroyed`, {
    hint: 'propose the change again',
    where: proposal,
  });
}

function corrupt(proposal: string, blob: string): Failure {
  return new Failure('BLOB_CORRUPT', `the bytes "${blob}" of ${proposal} have another digest than the bundle says`, {
    hint: 'nothing ran; check the store with `countersign record verify`, then propose the change again',
    where: proposal,
  });
}
