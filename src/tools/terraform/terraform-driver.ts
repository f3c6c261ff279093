/**
 * The Terraform driver. The product exists because `terraform apply` can end half-way and be reported as done: this driver
 * seals what will run, runs it from a private copy, and reads what became of it resource by resource.
 */

import { Failure, isFailure, type Manifest, type Preview } from '../../kernel/index.ts';
import { bundleEnvironment, clearEnvironment, identityEnvironment, secretValues } from '../bundle-environment.ts';
import type { ChangeIdentity, Driver, OpenedBundle, PlanRequest } from '../driver.ts';
import { probeIdentities } from '../identity/identity-facts.ts';
import { applyCommand } from './apply-command.ts';
import { changedFiles } from './changed-files.ts';
import { findDrift } from './find-drift.ts';
import { lookAgain } from './look-again.ts';
import { runOf, showPlanJson } from './make-plan.ts';
import { observeApply } from './observe-apply.ts';
import { layProviders, takeProviders } from './pinned-providers.ts';
import { placeNotes } from './place-notes.ts';
import { requireSealedPlan } from './plan-digest.ts';
import { type DriverParts, identifyChange, planProposal } from './plan-proposal.ts';
import { previewCopy } from './preview-copy.ts';
import { laySealed, type PrivateCopy } from './private-copy.ts';
import { readPlan, type TerraformPlan } from './read-plan.ts';
import { findRecoveries } from './repair/find-recoveries.ts';
import { observeRepair } from './repair/observe-repair.ts';
import { planRepair, repairDigest } from './repair/plan-repair.ts';
import { isRepair, readRepairWish } from './repair/repair.ts';
import { layRepair, previewRepair, probeSealedRepair, repairCommand } from './repair/run-repair.ts';
import { identifyTool, isDone } from './run-terraform.ts';
import { BLOB, readInputs, readSecrets, sealedBlob } from './sealed-inputs.ts';
import { secretPlace } from './secret-place.ts';
import { secretTexts } from './sensitive-values.ts';
import { readWorkingDirectory, type WorkingDirectory } from './working-directory.ts';
import { bundleCopy, FACT, readWorld, sealedText, sealedVariableFiles, sealedWorkingDirectory } from './world-facts.ts';

const PRIVATE_FILE = 0o600;
const LARGEST_INPUT_BYTES = 16 * 1024 * 1024;

/**
 * Makes the driver.
 *
 * `sandboxed` runs init, plan and show while planning, which execute providers and external programs; `processes` runs what
 * the runner asks of an approved bundle. `searchPath` is where `terraform` is looked for, absolute entries only.
 */
export function terraformDriver(parts: DriverParts): Driver {
  return {
    name: 'terraform',
    identify: async (request) => await identify(parts, request),
    plan: async (request) => {
      const wish = readRepairWish(request.argv);
      return wish === undefined ? await planProposal(parts, request) : await planRepair(parts, request, wish);
    },
    probe: async (manifest, blobs) => {
      const sealed = sealedWorkingDirectory(manifest);
      const clear = clearEnvironment(manifest);
      const environment = { ...clear, TF_DATA_DIR: sealedText(manifest, FACT.dataDirectory) };
      const tool = await identifyTool(parts, manifest.tool.path, clear);
      const working = await readWorkingDirectory(parts.files, sealed.directory, environment);
      requireTellablePlace(working, manifest);
      const world = await readWorld(parts, {
        tool,
        working,
        environment: clear,
        variableFiles: sealedVariableFiles(manifest),
      });
      const facts = isRepair(manifest) ? await probeSealedRepair(parts, manifest, world) : world.facts;
      return [...facts, ...(await probeIdentities(parts, manifest.facts, identityEnvironment(manifest, blobs)))];
    },
    changedFiles: async (bundle, facts) => await changedFiles(parts, bundle, facts),
    materialise: async (bundle) => {
      if (isRepair(bundle.manifest)) await layRepair(parts, bundle);
      else await layBundle(parts, bundle);
    },
    drift: async (bundle) => (isRepair(bundle.manifest) ? [] : await findDrift(parts, bundle, bundleSecrets(bundle))),
    preview: async (bundle) =>
      isRepair(bundle.manifest) ? previewRepair(parts, bundle) : await previewBundle(parts, bundle),
    command: (bundle) => (isRepair(bundle.manifest) ? repairCommand(bundle) : applyCommand(bundle)),
    observe: async (bundle, trace) =>
      isRepair(bundle.manifest)
        ? await observeRepair(parts, bundle, trace)
        : await observeApply(parts, bundle, trace, bundleSecrets(bundle)),
    secrets: bundleSecrets,
    recoveries: async (request) => await findRecoveries(parts, request),
    lookAgain: async (request) => await lookAgain(parts, request),
  };
}

/** An older bundle may have been sealed with another state's place: it never runs. */
function requireTellablePlace(working: WorkingDirectory, { proposal, secretVariables }: Manifest): void {
  const secret = secretPlace(working, secretVariables);
  if (secret === undefined) return;
  throw new Failure('CONFIG_INVALID', secret.why, { hint: `propose it again: ${secret.next}`, where: proposal });
}

/** Tells what a change is; a repair is another one whenever the state is. */
async function identify(parts: DriverParts, request: Omit<PlanRequest, 'scratch'>): Promise<ChangeIdentity> {
  if (readRepairWish(request.argv) === undefined) return await identifyChange(parts, request);
  try {
    return { argv: request.argv, sourceDigest: await repairDigest(parts, request) };
  } catch (thrown) {
    // A state that can't be had has an identity too: planning will say what is wrong with it.
    if (!isFailure(thrown)) throw thrown;
    return { argv: request.argv, sourceDigest: parts.hash(request.argv.join('\0')) };
  }
}

/** Lays the sealed bytes out, and keeps Terraform's description of the plan beside them for the observation afterwards. */
async function layBundle(parts: DriverParts, bundle: OpenedBundle): Promise<TerraformPlan> {
  const copy = bundleCopy(bundle);
  await laySealed(parts, copy, sealedBlob(bundle.blobs, BLOB.directory));
  const { dataDirectory } = sealedWorkingDirectory(bundle.manifest);
  const pins = await parts.files.read(copy.pins, LARGEST_INPUT_BYTES);
  await layProviders(parts, copy.tree, await takeProviders(parts, dataDirectory, pins));
  await parts.files.write(copy.plan, sealedBlob(bundle.blobs, BLOB.plan), PRIVATE_FILE);
  const shown = await showPlanJson(runOfBundle(parts, bundle, copy), copy);
  if (!isDone(shown)) {
    throw new Failure('TOOL_FAILED', `Terraform can't read the sealed plan of ${bundle.manifest.proposal}`, {
      hint: 'the plan may be damaged or made by another version: propose the change again',
      where: bundle.manifest.proposal,
    });
  }
  const plan = readPlan(shown.stdout);
  requireSealedPlan(parts.hash, plan, bundle);
  await parts.files.write(copy.planJson, shown.stdout, PRIVATE_FILE);
  return plan;
}

async function previewBundle(parts: DriverParts, bundle: OpenedBundle): Promise<Preview> {
  const copy = bundleCopy(bundle);
  const isLaid = (await parts.files.stat(copy.planJson)) !== undefined;
  const plan = isLaid ? await showPlan(parts, bundle, copy) : await layBundle(parts, bundle);
  const order = {
    tool: bundle.manifest.tool.path,
    copy,
    environment: bundleEnvironment(bundle),
    inputs: readInputs(await parts.files.read(copy.inputs, LARGEST_INPUT_BYTES)),
    secretVariables: secretTexts(secretValues(bundle)),
    place: placeNotes({ ...bundle.manifest, working: sealedWorkingDirectory(bundle.manifest) }),
  };
  return (await previewCopy(parts, order, plan)).preview;
}

/** Describes the plan that lies in the copy: the very bytes that an apply would take. */
async function showPlan(parts: DriverParts, bundle: OpenedBundle, copy: PrivateCopy): Promise<TerraformPlan> {
  const plan = readPlan((await showPlanJson(runOfBundle(parts, bundle, copy), copy)).stdout);
  requireSealedPlan(parts.hash, plan, bundle);
  return plan;
}

function runOfBundle(parts: DriverParts, bundle: OpenedBundle, copy: PrivateCopy): ReturnType<typeof runOf> {
  return runOf(parts, { tool: bundle.manifest.tool.path, copy, environment: bundleEnvironment(bundle) });
}

function bundleSecrets(bundle: OpenedBundle): readonly string[] {
  const texts = new Set([...readSecrets(bundle.blobs), ...secretTexts(secretValues(bundle))]);
  return [...texts].sort((left, right) => right.length - left.length);
}
