/** Reads a manifest from its bytes, so that nothing is run on the word of a document that nobody parsed. */

import { z } from 'zod';
import { Failure, type HashFunction, type Manifest, type Sha256Hex } from '../../kernel/index.ts';

const DIGEST = z.string().regex(/^[0-9a-f]{64}$/);

const CHECK = z.looseObject({
  id: z.string(),
  kind: z.enum(['command', 'http', 'file', 'sqlite', 'terraform-plan']),
  claim: z.string(),
  origin: z.enum(['proposal', 'mandated', 'driver']),
  question: z.record(z.string(), z.json()),
  timeoutMs: z.number(),
});

const BLOB = z.looseObject({
  name: z.string(),
  digest: DIGEST,
  sizeBytes: z.number(),
  sealing: z.enum(['clear', 'age']),
});

const MANIFEST = z.looseObject({
  schema: z.literal('countersign.bundle/1'),
  proposal: z.string(),
  target: z.string(),
  environment: z.enum(['production', 'staging', 'sandbox']),
  driver: z.enum(['argv', 'terraform', 'sqlite']),
  intent: z.string(),
  recovers: z.string().optional(),
  proposer: z.discriminatedUnion('kind', [
    z.looseObject({ kind: z.literal('person'), name: z.string() }),
    z.looseObject({
      kind: z.literal('agent'),
      name: z.string(),
      person: z.string(),
      model: z.string().optional(),
      session: z.string().optional(),
    }),
  ]),
  tool: z.looseObject({ path: z.string(), digest: DIGEST, version: z.string() }),
  argv: z.array(z.string()),
  directory: z.string(),
  environmentVariables: z.record(z.string(), z.string()),
  secretVariables: z.array(z.string()),
  facts: z.array(z.looseObject({ name: z.string(), role: z.enum(['binding', 'version']), value: z.json() })),
  checks: z.array(CHECK),
  checkPrograms: z
    .array(z.looseObject({ check: z.string(), path: z.string(), sha256: DIGEST, sizeBytes: z.number() }))
    .optional(),
  runner: z.looseObject({ name: z.string(), key: z.string(), account: z.string() }),
  blobs: z.array(BLOB),
  previewDigest: DIGEST,
  sealedAtMs: z.number(),
});

/**
 * Parses the manifest whose digest people approved.
 *
 * @param content  the stored bytes
 * @param approved  the bundle digest that the approvals name
 * @throws Failure `BLOB_CORRUPT` when the bytes have another digest, or are no manifest of a known schema
 */
export function readManifest(hash: HashFunction, content: Uint8Array, approved: Sha256Hex): Manifest {
  if (hash(content) !== approved) throw corrupt(approved, 'its bytes have another digest');
  const parsed = MANIFEST.safeParse(parseJson(content, approved));
  if (!parsed.success) throw corrupt(approved, z.prettifyError(parsed.error).replaceAll('\n', ' '));
  // The schema names every member of Manifest; members that a later version adds are covered by the digest and ignored.
  return parsed.data as Manifest;
}

function parseJson(content: Uint8Array, approved: Sha256Hex): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch (thrown) {
    throw corrupt(approved, String(thrown));
  }
}

function corrupt(approved: Sha256Hex, why: string): Failure {
  return new Failure('BLOB_CORRUPT', `the manifest of bundle ${approved} can't be read: ${why}`, {
    hint: 'nothing ran; check the store with `countersign record verify`, then propose the change again',
    where: approved,
  });
}
