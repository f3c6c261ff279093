/** Reads of an opened bundle that every driver needs: a blob that must be there, and a path within the private directory. */

import { Failure } from '../kernel/index.ts';
import type { OpenedBundle } from './driver.ts';

/** A blob of the bundle. @throws Failure `BLOB_CORRUPT` when the bundle has none of this name */
export function blobOf(bundle: OpenedBundle, name: string): Uint8Array {
  const content = bundle.blobs.get(name);
  if (content !== undefined) return content;
  throw corruptBundle(bundle, `it has no blob "${name}"`);
}

/** A blob's text. @throws Failure `BLOB_CORRUPT` when it is missing or not UTF-8 */
export function textOf(bundle: OpenedBundle, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(blobOf(bundle, name));
  } catch (cause) {
    throw corruptBundle(bundle, `its blob "${name}" is missing or not text`, cause);
  }
}

/** Puts the runner's private directory where a sealed path says `{run}/`; other paths stay. */
export function inRunDirectory(bundle: OpenedBundle, path: string): string {
  return path.startsWith('{run}/') ? `${bundle.runDirectory}${path.slice('{run}'.length)}` : path;
}

/** Says that a bundle can't run because its parts don't fit together. */
export function corruptBundle(bundle: OpenedBundle, why: string, cause?: unknown): Failure {
  const { proposal } = bundle.manifest;
  return new Failure('BLOB_CORRUPT', `the bundle of ${proposal} can't run: ${why}`, {
    hint: 'propose the change again',
    where: proposal,
    cause,
  });
}
