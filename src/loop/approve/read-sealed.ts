/**
 * Reads what an approver is about to sign, from the bundle itself: the state names the digests, and everything shown comes from bytes
 * that have them.
 */

import { z } from 'zod';
import {
  type CheckProgram,
  canonicalJson,
  type EvidenceRef,
  type HashFunction,
  type Json,
  type Preview,
  type ProposalState,
  type Proposer,
  placeOf,
  type Refusal,
} from '../../kernel/index.ts';
import type { BlobStore } from '../../record/index.ts';
import { readPreview } from '../../tools/index.ts';
import type { AdmissionQuestion } from './policy/target-policy.ts';

/** Any proposal that was sealed. */
export type SealedState = Extract<ProposalState, { readonly bundleDigest: string }>;

/** A binding fact of a bundle: a part of the place that the change is made at. */
export type SealedPlace = { readonly name: string; readonly value: Json };

/** A sealed change, as the policy is asked about it. */
export type SealedChange = Omit<AdmissionQuestion, 'preview' | 'atMs' | 'grantsUsed'> & {
  /** The real directory that it was planned in: its repository's rules count. */
  readonly directory: string;
};

/** A sealed preview that its bundle names, with the bundle's own words on where it would run and what it rests on. */
export type SealedPreview = {
  readonly kind: 'sealed';
  readonly preview: Preview;
  /** All of it from the bundle, nothing from the record. */
  readonly change: SealedChange;
  /** The binding facts, in the order of the bundle. */
  readonly place: readonly SealedPlace[];
  /** The operating-system account that it would run as, where the bundle names one. */
  readonly account?: string | undefined;
  /** The sealed files of `command` checks. */
  readonly programs: readonly CheckProgram[];
  /** The evidence that the proposal cites. */
  readonly evidence: readonly EvidenceRef[];
};

const proposerSchema: z.ZodType<Proposer> = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('person'), name: z.string() }),
  z.looseObject({
    kind: z.literal('agent'),
    name: z.string(),
    person: z.string(),
    model: z.string().optional(),
    session: z.string().optional(),
  }),
]);

const manifestSchema = z.looseObject({
  schema: z.literal('countersign.bundle/1'),
  proposal: z.string(),
  target: z.string(),
  environment: z.enum(['production', 'staging', 'sandbox']),
  driver: z.enum(['argv', 'terraform', 'sqlite']),
  intent: z.string(),
  proposer: proposerSchema,
  argv: z.array(z.string()),
  directory: z.string(),
  recovers: z.string().optional(),
  previewDigest: z.string(),
  runner: z.looseObject({ name: z.string(), account: z.string().optional() }),
  facts: z.array(z.looseObject({ name: z.string(), role: z.enum(['binding', 'version']), value: z.json() })),
  checks: z.array(z.json()),
  checkPrograms: z
    .array(z.looseObject({ check: z.string(), path: z.string(), sha256: z.string(), sizeBytes: z.number() }))
    .optional(),
  evidence: z.array(z.looseObject({ id: z.string(), digest: z.string() })).optional(),
});

/** What reading needs. */
export type SealedParts = { readonly blobs: BlobStore; readonly hash: HashFunction };

/**
 * Reads the preview of a sealed proposal, its place and its evidence by way of its bundle.
 *
 * @returns a refusal `PREVIEW_MISMATCH` when record and bundle do not say the same of what both name
 * @throws Failure `BLOB_MISSING`, `BLOB_CORRUPT`
 */
export async function readSealed(parts: SealedParts, state: SealedState): Promise<SealedPreview | Refusal> {
  const manifest = readManifest(await parts.blobs.get(state.bundleDigest));
  if (manifest === undefined) return mismatch(state, 'its bundle is not one that this version understands');
  const pairs: readonly (readonly [string, string, string])[] = [
    ['proposal', state.proposal, manifest.proposal],
    ['target', state.target, manifest.target],
    ['environment', state.environment, manifest.environment],
    ['driver', state.driver, manifest.driver],
    ['intent', state.intent, manifest.intent],
    ['proposer', canonicalJson(state.proposer), canonicalJson(manifest.proposer)],
    ['recovers', state.recovers ?? 'nothing', manifest.recovers ?? 'nothing'],
    ['place', state.place ?? 'unknown', placeOf(parts.hash, manifest.facts) ?? 'unknown'],
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
  const preview = readPreview(parts.hash, await parts.blobs.get(manifest.previewDigest), manifest.previewDigest);
  // How gravely an approver is asked to confirm rests on these.
  const counted = canonicalJson([preview.counts, preview.unpredictable.length]);
  if (canonicalJson([state.counts, state.unpredictable]) !== counted) {
    return mismatch(state, 'the record counts other changes than the preview');
  }
  const { target, environment, driver, facts, proposer, argv, directory } = manifest;
  return {
    kind: 'sealed',
    change: { target, environment, driver, facts, checks: state.checks, proposer, argv, directory },
    preview,
    place: manifest.facts.filter(({ role }) => role === 'binding').map(({ name, value }) => ({ name, value })),
    ...(manifest.runner.account === undefined ? {} : { account: manifest.runner.account }),
    programs: manifest.checkPrograms ?? [],
    evidence: (manifest.evidence ?? []).map(({ id, digest }) => ({ id, digest })),
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

function mismatch(state: SealedState, why: string): Refusal {
  return {
    kind: 'refused',
    code: 'PREVIEW_MISMATCH',
    what: 'this approval',
    where: state.proposal,
    why,
    next: 'do not sign it; countersign record verify says what was changed',
  };
}
