/** Seals a bundle: every byte and every word that will run, under one digest (L3). */

import {
  type BlobRef,
  bundleDigest,
  type CheckProgram,
  type CheckSpec,
  type Command,
  canonicalJson,
  digestJson,
  Failure,
  type Json,
  type Manifest,
  placeOf,
} from '../../kernel/index.ts';
import { ENVIRONMENT_BLOB, type PlanAnswer, type PlannedBlob } from '../../tools/index.ts';
import { gatherChecks } from './gather-checks.ts';
import { findShownSecret, type IdentifiedChange, tellableSecrets } from './identify-change.ts';
import type { ProposeParts, ProposeRequest } from './propose-parts.ts';
import { sealPrograms } from './seal-programs.ts';
import type { ResolvedTarget } from './target-policy.ts';

/** What is sealed together. */
export type Sealing = {
  readonly id: string;
  readonly request: ProposeRequest;
  readonly change: IdentifiedChange;
  readonly planned: Extract<PlanAnswer, { readonly kind: 'planned' }>;
  readonly target: ResolvedTarget;
};

/** What the record is told of the bundle. */
export type SealedBundle = Extract<Command, { readonly kind: 'seal' }>['sealed'];

/**
 * Seals: encrypts what only the runner may read, stores every blob, and stores the manifest under the digest that people approve.
 *
 * @throws Failure `CONFIG_INVALID` when a secret value would stand where everybody reads it, or the program of a check can't be sealed
 */
export async function sealBundle(parts: ProposeParts, sealing: Sealing): Promise<SealedBundle> {
  const { planned, target } = sealing;
  const checks = gatherChecks({
    mandated: target.mandatedChecks,
    driver: planned.checks,
    proposal: sealing.request.checks,
  });
  const checkPrograms = await sealPrograms(parts.programs, checks, sealing.change.directory);
  const planning = [...planned.blobs, ...environmentBlob(sealing)];
  refuseShownSecrets(sealing, planning);
  const preview = await parts.blobs.put(Buffer.from(canonicalJson(planned.preview)));
  const blobs: BlobRef[] = [];
  for (const blob of planning) blobs.push(await storeBlob(parts, target, blob));
  const manifest = manifestOf(parts, sealing, { checks, checkPrograms, blobs });
  await parts.blobs.put(Buffer.from(canonicalJson(manifest)));
  const place = placeOf(parts.hash, manifest.facts);
  return {
    environment: target.environment,
    bundleDigest: bundleDigest(parts.hash, manifest),
    previewDigest: preview,
    counts: planned.preview.counts,
    unpredictable: planned.preview.unpredictable.length,
    checks,
    runner: target.runner.name,
    ...(place === undefined ? {} : { place }),
    secretBlobs: blobs.flatMap((blob) => (blob.sealing === 'age' ? [blob.digest] : [])),
  };
}

function manifestOf(
  parts: ProposeParts,
  sealing: Sealing,
  sealed: {
    readonly checks: readonly CheckSpec[];
    readonly checkPrograms: readonly CheckProgram[];
    readonly blobs: readonly BlobRef[];
  },
): Manifest {
  const { id, request, change, planned, target } = sealing;
  return {
    schema: 'countersign.bundle/1',
    proposal: id,
    target: request.target,
    environment: target.environment,
    driver: request.driver,
    intent: change.intent,
    ...(request.recovers === undefined ? {} : { recovers: request.recovers }),
    proposer: request.proposer,
    tool: planned.tool,
    argv: planned.argv,
    directory: change.directory,
    environmentVariables: clearVariables(sealing),
    secretVariables: change.environment.secretVariables,
    facts: planned.facts,
    checks: sealed.checks,
    ...(sealed.checkPrograms.length === 0 ? {} : { checkPrograms: sealed.checkPrograms }),
    runner: target.runner,
    blobs: sealed.blobs,
    previewDigest: digestJson(parts.hash, planned.preview),
    ...(request.evidence.length === 0 ? {} : { evidence: request.evidence }),
    sealedAtMs: parts.clock.nowMs(),
  };
}

async function storeBlob(parts: ProposeParts, target: ResolvedTarget, blob: PlannedBlob): Promise<BlobRef> {
  const isClear = blob.readers === 'everybody';
  const readers =
    blob.readers === 'runner-and-verifier'
      ? [target.runnerRecipient, ...target.verifierRecipients]
      : [target.runnerRecipient];
  const content = isClear ? blob.content : await parts.sealer.seal(blob.content, [...new Set(readers)]);
  return {
    name: blob.name,
    digest: await parts.blobs.put(content),
    sizeBytes: content.byteLength,
    sealing: isClear ? 'clear' : 'age',
  };
}

// A driver plans with the secret ones and may name them among its own: they are sealed apart, in a blob of their own.
function clearVariables({ planned, change }: Sealing): Manifest['environmentVariables'] {
  const { secretVariables } = change.environment;
  const clear = Object.entries(planned.environmentVariables).filter(([name]) => !secretVariables.includes(name));
  return Object.fromEntries(clear);
}

function environmentBlob(sealing: Sealing): readonly PlannedBlob[] {
  const { variables, secretVariables } = sealing.change.environment;
  if (secretVariables.length === 0) return [];
  const values: Json = Object.fromEntries(secretVariables.map((name) => [name, variables[name] ?? '']));
  return [{ name: ENVIRONMENT_BLOB, content: Buffer.from(canonicalJson(values)), readers: 'runner' }];
}

// A driver masks what it knows to be secret; whatever it missed must not become a record that nobody can take back.
function refuseShownSecrets(sealing: Sealing, blobs: readonly PlannedBlob[]): void {
  const { planned, change } = sealing;
  const { argv, facts, tool, preview, checks } = planned;
  const environmentVariables = clearVariables(sealing);
  // Every part is JSON by construction: it is hashed as such.
  const shown = { environmentVariables, argv, facts, tool, preview, checks, intent: change.intent } as Json;
  const inClear = blobs.filter((blob) => blob.readers === 'everybody');
  const name =
    findShownSecret(change.environment, shown) ??
    tellableSecrets(change.environment).find(([, value]) =>
      inClear.some((blob) => Buffer.from(blob.content).includes(value)),
    )?.[0];
  if (name === undefined) return;
  throw new Failure('CONFIG_INVALID', `the plan shows the value of the secret variable ${name}`, {
    hint: 'declare it sensitive in the configuration, or let the tool read it at the run only',
  });
}
