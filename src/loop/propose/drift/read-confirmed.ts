/** Reads, of a bundle that closed long ago, what it was planned from: its secret blobs are gone, its manifest and preview are not. */

import { z } from 'zod';
import { type EvidenceRef, type Fact, Failure, type Json, type Manifest, visibleLine } from '../../../kernel/index.ts';
import { readPreview } from '../../../tools/index.ts';
import type { ProposeParts } from '../propose-parts.ts';

/** What is read of a manifest. */
export type ConfirmedManifest = Pick<
  Manifest,
  'proposal' | 'directory' | 'facts' | 'environmentVariables' | 'secretVariables'
> & { readonly evidence?: readonly EvidenceRef[] | undefined };

type Reading = Pick<ProposeParts, 'blobs' | 'hash'>;

const VALUE: z.ZodType<Json> = z.json();
const FACT: z.ZodType<Fact> = z.object({ name: z.string(), role: z.enum(['binding', 'version']), value: VALUE });
const MANIFEST: z.ZodType<ConfirmedManifest> = z.object({
  proposal: z.string(),
  directory: z.string().startsWith('/'),
  facts: z.array(FACT),
  environmentVariables: z.record(z.string(), z.string()),
  secretVariables: z.array(z.string()),
  evidence: z.array(z.object({ id: z.string(), digest: z.string() })).optional(),
});

/** Reads a manifest. @throws Failure `BLOB_MISSING`, `BLOB_CORRUPT` */
export async function readConfirmed({ blobs, hash }: Reading, bundleDigest: string): Promise<ConfirmedManifest> {
  const content = await blobs.get(bundleDigest);
  const manifest = hash(content) === bundleDigest ? MANIFEST.safeParse(parseJson(content)).data : undefined;
  if (manifest !== undefined) return manifest;
  throw new Failure('BLOB_CORRUPT', `the bundle ${visibleLine(bundleDigest.slice(0, 12))} can't be read`, {
    hint: 'countersign record verify says what was changed',
    where: visibleLine(bundleDigest),
  });
}

/** Reads the options that it was planned with, as people were shown them; earlier versions showed none. @throws Failure `BLOB_MISSING`, `BLOB_CORRUPT` */
export async function readOptions(
  { blobs, hash }: Reading,
  previewDigest: string,
): Promise<readonly string[] | undefined> {
  return readPreview(hash, await blobs.get(previewDigest), previewDigest).options;
}

function parseJson(content: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch {
    // No JSON has the shape of a manifest: the caller names the bundle.
    return undefined;
  }
}
