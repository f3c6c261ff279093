/** Runs a repair: lays its bytes out, computes its preview anew, names its one command, and reads its facts. */

import { z } from 'zod';
import { type Fact, Failure, type Manifest, type Preview, visibleLine } from '../../../kernel/index.ts';
import { bundleEnvironment, clearEnvironment, secretValues } from '../../bundle-environment.ts';
import type { ExecutionCommand, OpenedBundle } from '../../driver.ts';
import { blobOf, corruptBundle, inRunDirectory } from '../../opened-bundle.ts';
import type { RecoveredExecution, SealedExecution } from '../../past-executions.ts';
import { layProviders, takeProviders } from '../pinned-providers.ts';
import { placeNotes } from '../place-notes.ts';
import { laySealed } from '../private-copy.ts';
import type { TerraformParts } from '../run-terraform.ts';
import { BLOB } from '../sealed-inputs.ts';
import { secretTexts } from '../sensitive-values.ts';
import { bundleCopy, sealedFact, sealedWorkingDirectory, type World } from '../world-facts.ts';
import { probeRepair, type RepairParts } from './examine-repair.ts';
import { hadState, refutePlace } from './refute-place.ts';
import { REPAIR_BLOB, REPAIR_FACT, type Repair, repairArguments, repairFacts, sealedRepair } from './repair.ts';
import { repairPreview } from './repair-preview.ts';

const PRIVATE_FILE = 0o600;
const CONTROL_FILE_BYTES = 16 * 1024 * 1024;
const OF = z.object({ proposal: z.string(), bundle: z.string() });

/** Lays configuration, backend record and, where it is pushed, the state. */
export async function layRepair(parts: TerraformParts, bundle: OpenedBundle): Promise<void> {
  const copy = bundleCopy(bundle);
  await laySealed(parts, copy, blobOf(bundle, BLOB.directory));
  const pins = await parts.files.read(copy.pins, CONTROL_FILE_BYTES);
  const { dataDirectory } = sealedWorkingDirectory(bundle.manifest);
  await layProviders(parts, copy.tree, await takeProviders(parts, dataDirectory, pins));
  const { present, errored } = REPAIR_BLOB;
  const sealed = bundle.blobs.get(present);
  const digest = sealedFact(bundle.manifest, 'terraform.state.digest');
  if ((sealed === undefined ? null : parts.hash(sealed)) !== digest) {
    throw corruptBundle(bundle, 'the state that it was compared with is not the one that its facts name');
  }
  if (sealedRepair(bundle.manifest).kind !== 'push-state') return;
  const pushed = blobOf(bundle, errored);
  if (parts.hash(pushed) !== sealedFact(bundle.manifest, REPAIR_FACT.errored)) {
    throw corruptBundle(bundle, 'the state that it would push is not the one that its facts name');
  }
  await parts.files.write(`${bundle.runDirectory}/errored.tfstate`, pushed, PRIVATE_FILE);
}

/** Computes the preview from the bundle alone. */
export function previewRepair(parts: TerraformParts, bundle: OpenedBundle): Preview {
  const { manifest, blobs } = bundle;
  return repairPreview(parts.hash, {
    repair: sealedRepair(manifest),
    facts: manifest.facts,
    blobs,
    place: placeNotes({ ...manifest, working: sealedWorkingDirectory(manifest) }),
    secrets: secretTexts(secretValues(bundle)),
  });
}

/**
 * The command of a repair. A local state is pushed from the real directory: `state push` takes no path of a state.
 *
 * @throws Failure `BLOB_CORRUPT` when the sealed arguments are not those that belong to its facts
 */
export function repairCommand(bundle: OpenedBundle): ExecutionCommand {
  const { manifest } = bundle;
  const repair = sealedRepair(manifest);
  const working = sealedWorkingDirectory(manifest);
  const expected = repairArguments(repair, working.backend);
  if (expected.join('\0') !== manifest.argv.join('\0')) {
    throw new Failure('BLOB_CORRUPT', `the sealed command of ${manifest.proposal} is not the repair that it names`, {
      hint: 'treat it as a forgery until it is explained; nothing ran',
      where: manifest.proposal,
    });
  }
  const isAtHome = repair.kind === 'push-state' && working.backend.kind === 'local';
  const environment = bundleEnvironment(bundle);
  return {
    file: manifest.tool.path,
    args: expected.map((argument) => inRunDirectory(bundle, argument)),
    directory: isAtHome ? working.directory : bundleCopy(bundle).tree,
    environment: isAtHome ? { ...environment, TF_DATA_DIR: working.dataDirectory } : environment,
  };
}

/** The facts of a repair, as they are now. */
export async function probeSealedRepair(
  parts: RepairParts,
  manifest: Manifest,
  world: World,
): Promise<readonly Fact[]> {
  const repair = sealedRepair(manifest);
  const of = OF.safeParse(sealedFact(manifest, REPAIR_FACT.of)).data;
  if (of === undefined || of.proposal !== manifest.recovers) {
    throw new Failure('BLOB_CORRUPT', `${manifest.proposal} does not name the execution that it recovers`, {
      hint: 'treat it as a forgery until it is explained; nothing ran',
      where: manifest.proposal,
    });
  }
  const held = { proposal: of.proposal, bundleDigest: of.bundle };
  requireSamePlace(parts, manifest, repair, { held, sealed: await parts.past.sealed(held.bundleDigest) });
  const environment = clearEnvironment(manifest);
  return repairFacts(world, repair, await probeRepair(parts, { world, environment, held }, repair));
}

/** What the planner refuses the runner refuses too: the planner's word is not what stands between a repair and another place. */
function requireSamePlace(
  { hash }: Pick<RepairParts, 'hash'>,
  manifest: Manifest,
  repair: Repair,
  { held, sealed }: { readonly held: RecoveredExecution; readonly sealed: SealedExecution },
): void {
  const isIntoNothing = repair.kind === 'push-state' && repair.into === '' && hadState(sealed);
  const why = refutePlace(hash, held, sealed, manifest.facts) ?? (isIntoNothing ? 'its state is gone' : undefined);
  if (why === undefined) return;
  throw new Failure('BLOB_CORRUPT', `${manifest.proposal} repairs something else: ${visibleLine(why)}`, {
    hint: 'withdraw it, and ask again where that was changed: countersign recover; nothing ran',
    where: manifest.proposal,
  });
}
