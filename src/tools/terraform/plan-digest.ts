/**
 * One name for all that a plan says, whenever it is asked: `terraform show -json` without the time of planning, in canonical form.
 *
 * The description holds secrets in the clear, and a short one could be guessed from a digest of the whole by whoever knows the rest.
 * So the digest is sealed like a secret: to the runner, who compares it with the plan that it is about to apply.
 */

import { Failure, type HashFunction, type Sha256Hex, visibleLine } from '../../kernel/index.ts';
import { canonicalPlan } from './plan-preview.ts';
import type { TerraformPlan } from './read-plan.ts';
import { BLOB, sealedBlob } from './sealed-inputs.ts';

/** Names what a plan says. Two plans of one change in one world have the same name, though their bytes differ. */
export function planDigest(hash: HashFunction, plan: TerraformPlan): Sha256Hex {
  return hash(canonicalPlan(plan.document));
}

/** Holds a described plan against the sealed digest. @throws Failure `BLOB_CORRUPT` when it says other things than the sealed one said */
export function requireSealedPlan(
  hash: HashFunction,
  plan: TerraformPlan,
  bundle: { readonly manifest: { readonly proposal: string }; readonly blobs: ReadonlyMap<string, Uint8Array> },
): void {
  const sealed = new TextDecoder().decode(sealedBlob(bundle.blobs, BLOB.planDigest));
  if (sealed === planDigest(hash, plan)) return;
  const proposal = visibleLine(bundle.manifest.proposal);
  throw new Failure(
    'BLOB_CORRUPT',
    `the sealed plan of ${proposal} is not the one that was described when it was sealed`,
    { hint: 'treat it as a forgery until it is explained; nothing ran', where: proposal },
  );
}
