/** The inputs of a plan, as they are sealed: a fresh plan must be made from the same ones. */

import { z } from 'zod';
import { Failure, type JsonObject } from '../../kernel/index.ts';
import { KEPT_OBJECTS, type KeptObject } from './kept-objects.ts';
import { jsonBytes } from './private-copy.ts';

/** What a plan was made from beside its configuration. May hold secrets: the blob is encrypted. */
export type SealedInputs = {
  readonly planArguments: readonly string[];
  /** TF_VAR_… by name. */
  readonly variables: Readonly<Record<string, string>>;
};

/** What is sealed beside the configuration: how it was planned, and which objects must be the same ones afterwards. */
export type SealedQuestion = SealedInputs & { readonly kept: readonly KeptObject[] };

/** Names of the blobs of a Terraform bundle. */
export const BLOB = {
  plan: 'plan',
  planDigest: 'plan-digest',
  directory: 'directory',
  secrets: 'secrets',
} as const;

const INPUTS = z.strictObject({
  planArguments: z.array(z.string()),
  variables: z.record(z.string(), z.string()),
  kept: KEPT_OBJECTS.default([]),
});
const SECRETS = z.array(z.string());

/** Writes the inputs as JSON. */
export function packInputs({ planArguments, variables, kept }: SealedQuestion): Uint8Array {
  const document: JsonObject = { planArguments, variables: { ...variables }, kept: [...kept] };
  return jsonBytes(document);
}

/** Reads the inputs back. @throws Failure `BLOB_CORRUPT` */
export function readInputs(content: Uint8Array | undefined): SealedQuestion {
  const inputs = INPUTS.safeParse(parseJson(content)).data;
  if (inputs === undefined) throw corrupt('inputs');
  return inputs;
}

/** Reads the sealed secret values back. @throws Failure `BLOB_CORRUPT` */
export function readSecrets(blobs: ReadonlyMap<string, Uint8Array>): readonly string[] {
  const secrets = SECRETS.safeParse(parseJson(blobs.get(BLOB.secrets))).data;
  if (secrets === undefined) throw corrupt(BLOB.secrets);
  return secrets;
}

/** A blob that must be there. @throws Failure `BLOB_CORRUPT` */
export function sealedBlob(blobs: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const blob = blobs.get(name);
  if (blob === undefined) throw corrupt(name);
  return blob;
}

function parseJson(content: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(content));
  } catch {
    // No JSON has this shape, so the caller's parse fails and says which blob it was.
    return undefined;
  }
}

function corrupt(name: string): Failure {
  return new Failure('BLOB_CORRUPT', `the sealed bytes "${name}" are missing or can't be read`, {
    hint: 'propose the change again',
  });
}
