/** Everything that must hold before anything is spent: baseline, manifest, authority, program, bundle, preview, facts, the things themselves. In this order, each once. */

import type { Refusal } from '../../kernel/index.ts';
import { type OpenedBundle, readPreview } from '../../tools/index.ts';
import { changedChecks } from './changed-checks.ts';
import { type Authorised, checkAuthority } from './check-authority.ts';
import { checkPreview } from './check-preview.ts';
import type { HeldClaim, Stop } from './execution-answer.ts';
import type { ExecutionParts } from './execution-parts.ts';
import { loadManifest, materialiseBundle } from './open-bundle.ts';
import { probeFacts, probeNamedTool } from './probe-facts.ts';
import { refuseDisagreement } from './refuse-disagreement.ts';
import { refuseExposedProgram } from './refuse-exposed-program.ts';

/** An execution that may begin. */
export type Prepared = {
  readonly kind: 'prepared';
  readonly held: HeldClaim;
  readonly bundle: OpenedBundle;
  readonly authorised: Authorised;
};

/**
 * Gets a claimed execution ready without any effect outside the private run directory.
 *
 * @throws Failure of whatever could not be read; nothing is spent then
 */
export async function prepareExecution(parts: ExecutionParts, held: HeldClaim): Promise<Prepared | Stop> {
  const unseen = await takeBaseline(parts, held);
  if (unseen !== undefined) return unseen;
  const changed = await changedChecks(parts, held.proposal);
  if (changed.length > 0) return { kind: 'stop-stale', differences: changed };
  await parts.progress.reached('looked', held.proposal);

  const manifest = await loadManifest(parts, held);
  const disagreement = refuseDisagreement(parts.hash, held.state, manifest);
  if (disagreement !== undefined) return disagreement;

  // People first: not a byte of the bundle is unpacked, and no program that it names is run, before their signatures hold over the
  // digests of manifest and preview, and the program is the one that they signed for.
  const preview = readPreview(parts.hash, await parts.blobs.get(manifest.previewDigest), manifest.previewDigest);
  const authorised = await checkAuthority(parts, { held, manifest, preview });
  if (authorised.kind === 'refused') return authorised;
  const exposed = await refuseExposedProgram(parts, manifest, authorised);
  if (exposed !== undefined) return exposed;
  const swapped = await probeNamedTool(parts, manifest);
  if (swapped.length > 0) return { kind: 'stop-stale', differences: swapped };
  await parts.progress.reached('authorised', held.proposal);

  const bundle = await materialiseBundle(parts, held, manifest);
  await parts.progress.reached('opened', held.proposal);

  // The preview that was signed is now computed anew from the bytes that will run: it must be the same to the byte.
  const previewed = await checkPreview(parts, bundle);
  if (previewed.kind !== 'previewed') return previewed;
  await parts.progress.reached('previewed', held.proposal);

  const differences = await probeFacts(parts, bundle);
  if (differences.length > 0) return { kind: 'stop-stale', differences };
  // Last, since it is the dearest look: the plain facts hold, so what differs now is the thing itself.
  const drift = await parts.drivers[manifest.driver].drift(bundle);
  if (drift.length > 0) return { kind: 'stop-stale', differences: drift };
  await parts.progress.reached('probed', held.proposal);
  return { kind: 'prepared', held, bundle, authorised };
}

/** Has the verifier look right before, where the bundle has checks; without its look nothing starts. */
export async function takeBaseline(parts: ExecutionParts, held: HeldClaim): Promise<Refusal | undefined> {
  if (held.state.checks.length === 0) return undefined;
  const answer = await parts.baseline.look(held.proposal);
  if (answer.kind === 'unavailable') return refuseUnseen(held.proposal, answer.why, answer.next);
  const { state } = await parts.journal.standing(held.proposal);
  if (state.kind === 'executing' && state.stage !== 'claimed') return undefined;
  return refuseUnseen(held.proposal, 'the record has no look of it', 'start a verifier, then execute again');
}

function refuseUnseen(proposal: string, why: string, next: string): Refusal {
  return {
    kind: 'refused',
    code: 'NO_BASELINE',
    what: 'this execution',
    where: proposal,
    why: `the verifier has not looked at the world: ${why}`,
    next,
  };
}
