/** Reads, of the bundle that people approved, what a verifier needs: which checks to put, and for whom. */

import { z } from 'zod';
import {
  type BlobRef,
  type CheckProgram,
  type CheckSpec,
  canonicalJson,
  Failure,
  type HashFunction,
  type JsonObject,
  type Manifest,
  type Sha256Hex,
} from '../../kernel/index.ts';

const DIGEST = z.string().regex(/^[0-9a-f]{64}$/);

const QUESTION: z.ZodType<JsonObject> = z.record(z.string(), z.json());

const CHECK: z.ZodType<CheckSpec> = z.strictObject({
  id: z.string(),
  kind: z.enum(['command', 'http', 'file', 'sqlite', 'terraform-plan']),
  claim: z.string(),
  origin: z.enum(['proposal', 'mandated', 'driver']),
  question: QUESTION,
  timeoutMs: z.number(),
});

const PROGRAM: z.ZodType<CheckProgram> = z.strictObject({
  check: z.string(),
  path: z.string(),
  sha256: DIGEST,
  sizeBytes: z.number(),
});

/** What a verifier reads of a manifest. */
export type SealedChecks = Pick<
  Manifest,
  'proposal' | 'target' | 'environment' | 'driver' | 'directory' | 'checks' | 'checkPrograms' | 'blobs'
> & {
  readonly runner: { readonly name: string; readonly key: string };
};

const MANIFEST: z.ZodType<SealedChecks> = z.looseObject({
  schema: z.literal('countersign.bundle/1'),
  proposal: z.string(),
  target: z.string(),
  environment: z.enum(['production', 'staging', 'sandbox']),
  driver: z.enum(['argv', 'terraform', 'sqlite']),
  directory: z.string(),
  checks: z.array(CHECK),
  checkPrograms: z.array(PROGRAM).optional(),
  runner: z.looseObject({ name: z.string(), key: z.string() }),
  blobs: z.array(
    z.looseObject({ name: z.string(), digest: DIGEST, sizeBytes: z.number(), sealing: z.enum(['clear', 'age']) }),
  ),
});

/**
 * Parses the manifest whose digest people approved.
 *
 * The bytes must be canonical: a text that two parsers could read differently is no document that anybody signed.
 *
 * @param content  the stored bytes
 * @param approved  the bundle digest that the approvals name
 * @throws Failure `BLOB_CORRUPT` when the bytes have another digest, are not canonical, or are no manifest of a known schema
 */
export function readSealedChecks(hash: HashFunction, content: Uint8Array, approved: Sha256Hex): SealedChecks {
  if (hash(content) !== approved) throw corrupt(approved, 'its bytes have another digest');
  const text = new TextDecoder().decode(content);
  const document = parseJson(text, approved);
  if (!document.success || canonicalJson(document.data) !== text)
    throw corrupt(approved, 'its bytes are not canonical');
  const parsed = MANIFEST.safeParse(document.data);
  if (!parsed.success) throw corrupt(approved, z.prettifyError(parsed.error).replaceAll('\n', ' '));
  return parsed.data;
}

/** The blob of the directory that a fresh plan is made in; `undefined` where the bundle has none. */
export function directoryBlob({ blobs }: Pick<SealedChecks, 'blobs'>): BlobRef | undefined {
  return blobs.find(({ name }) => name === 'directory');
}

function parseJson(text: string, approved: Sha256Hex): z.ZodSafeParseResult<z.infer<ReturnType<typeof z.json>>> {
  try {
    return z.json().safeParse(JSON.parse(text));
  } catch (thrown) {
    throw corrupt(approved, String(thrown));
  }
}

function corrupt(approved: Sha256Hex, why: string): Failure {
  return new Failure('BLOB_CORRUPT', `the manifest of bundle ${approved} can't be read: ${why}`, {
    hint: 'nothing was verified; check the store with `countersign record verify`',
    where: approved,
  });
}
