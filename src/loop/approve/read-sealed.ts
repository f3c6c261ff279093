/**
 * Reads what an approver is about to sign, from the bundle itself: the state names the digests, and everything shown comes from bytes
 * that have them.
 */

import { z } from 'zod';
import {
  type CheckProgram,
  canonicalJson,
  type HashFunction,
  type Json,
  type Preview,
  type Refusal,
  type StateOf,
} from '../../kernel/index.ts';
import type { BlobStore } from '../../record/index.ts';
import { readPreview } from '../../tools/index.ts';

/** A binding fact of a bundle: a part of the place that the change is made at. */
export type SealedPlace = { readonly name: string; readonly value: Json };

/** A sealed preview that its bundle names, with the bundle's own words on where it would run and what it rests on. */
export type SealedPreview = {
  readonly kind: 'sealed';
  readonly preview: Preview;
  /** The binding facts, in the order of the bundle. */
  readonly place: readonly SealedPlace[];
  /** The sealed files of `command` checks. */
  readonly programs: readonly CheckProgram[];
  /** Ids of the evidence that the proposal cites. */
  readonly evidence: readonly string[];
};

const manifestSchema = z.looseObject({
  schema: z.literal('countersign.bundle/1'),
  proposal: z.string(),
  target: z.string(),
  environment: z.string(),
  previewDigest: z.string(),
  runner: z.looseObject({ name: z.string() }),
  facts: z.array(z.looseObject({ name: z.string(), role: z.enum(['binding', 'version']), value: z.json() })),
  checks: z.array(z.json()),
  checkPrograms: z
    .array(z.looseObject({ check: z.string(), path: z.string(), sha256: z.string(), sizeBytes: z.number() }))
    .optional(),
  evidence: z.array(z.looseObject({ id: z.string() })).optional(),
});

/** What reading needs. */
export type SealedParts = { readonly blobs: BlobStore; readonly hash: HashFunction };

/**
 * Reads the preview of an admitted proposal, its place and its evidence by way of its bundle.
 *
 * @returns a refusal `PREVIEW_MISMATCH` when record and bundle do not say the same of proposal, target, environment, runner or preview
 * @throws Failure `BLOB_MISSING`, `BLOB_CORRUPT`
 */
export async function readSealed(
  parts: SealedParts,
  state: StateOf<'open' | 'approved'>,
): Promise<SealedPreview | Refusal> {
  const manifest = readManifest(await parts.blobs.get(state.bundleDigest));
  if (manifest === undefined) return mismatch(state, 'its bundle is not one that this version understands');
  const pairs: readonly (readonly [string, string, string])[] = [
    ['proposal', state.proposal, manifest.proposal],
    ['target', state.target, manifest.target],
    ['environment', state.environment, manifest.environment],
    ['runner', state.runner, manifest.runner.name],
    ['preview', state.previewDigest, manifest.previewDigest],
  ];
  const wrong = pairs.find(([, recorded, sealed]) => recorded !== sealed);
  if (wrong !== undefined) {
    const [what, recorded, sealed] = wrong;
    return mismatch(state, `the record says ${what} ${recorded}, the bundle says ${sealed}`);
  }
  if (canonicalJson(state.checks) !== canonicalJson(manifest.checks)) {
    return mismatch(state, 'the record names other checks than the bundle');
  }
  return {
    kind: 'sealed',
    preview: readPreview(parts.hash, await parts.blobs.get(manifest.previewDigest), manifest.previewDigest),
    place: manifest.facts.filter(({ role }) => role === 'binding').map(({ name, value }) => ({ name, value })),
    programs: manifest.checkPrograms ?? [],
    evidence: (manifest.evidence ?? []).map(({ id }) => id),
  };
}

function readManifest(content: Uint8Array): z.output<typeof manifestSchema> | undefined {
  try {
    return manifestSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content)));
  } catch {
    // Not a manifest: the caller refuses it by name.
    return undefined;
  }
}

function mismatch(state: StateOf<'open' | 'approved'>, why: string): Refusal {
  return {
    kind: 'refused',
    code: 'PREVIEW_MISMATCH',
    what: 'this approval',
    where: state.proposal,
    why,
    next: 'do not sign it; countersign record verify says what was changed',
  };
}
