/** Reads a sealed preview from its bytes: the approver's own process shows what parses, and nothing else. */

import { z } from 'zod';
import { Failure, type HashFunction, type Preview, type Sha256Hex } from '../kernel/index.ts';

const count = z.int().min(0);

const attribute = z.strictObject({
  path: z.string(),
  before: z.json(),
  after: z.json(),
  isUnknownAfter: z.boolean(),
  isSensitive: z.boolean(),
  forcesReplacement: z.boolean(),
});

const resource = z.strictObject({
  address: z.string(),
  action: z.enum(['delete', 'replace', 'create', 'update', 'read', 'forget', 'move', 'import', 'run', 'no-op']),
  reason: z.string().optional(),
  attributes: z.array(attribute),
});

const previewSchema: z.ZodType<Preview> = z.strictObject({
  schema: z.literal('countersign.preview/1'),
  driver: z.enum(['argv', 'terraform', 'sqlite']),
  counts: z.strictObject({
    destroys: count,
    replaces: count,
    creates: count,
    updates: count,
    runs: count,
    others: count,
  }),
  resources: z.array(resource),
  unpredictable: z.array(z.strictObject({ address: z.string(), what: z.string(), text: z.string() })),
  text: z.string(),
  notes: z.array(z.string()),
  options: z.array(z.string()).optional(),
});

/**
 * Parses a preview whose digest is known from elsewhere: the sealed state, never the preview itself.
 *
 * A member that this version does not know is refused: what can't be shown must not be signed.
 *
 * @throws Failure `BLOB_CORRUPT` when the bytes have another digest or are no preview
 */
export function readPreview(hash: HashFunction, content: Uint8Array, digest: Sha256Hex): Preview {
  if (hash(content) !== digest) throw corrupt(digest, 'its bytes have another digest');
  try {
    return previewSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content)));
  } catch (cause) {
    throw corrupt(digest, 'it is not a preview that this version understands', cause);
  }
}

function corrupt(digest: Sha256Hex, why: string, cause?: unknown): Failure {
  return new Failure('BLOB_CORRUPT', `the preview ${digest.slice(0, 12)} can't be shown: ${why}`, {
    hint: 'do not sign it; countersign record verify says what else was changed',
    where: digest,
    cause,
  });
}
