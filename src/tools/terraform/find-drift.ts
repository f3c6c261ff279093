/** Plans a sealed change once more right before it runs: its objects must still be what the people who approved it were shown. */

import { type FactDifference, Failure, visibleLine } from '../../kernel/index.ts';
import { bundleEnvironment } from '../bundle-environment.ts';
import type { OpenedBundle } from '../driver.ts';
import { compareWorlds } from './compare-worlds.ts';
import { makePlan } from './make-plan.ts';
import { maskText } from './mask-text.ts';
import { looksAtTheWorld } from './plan-arguments.ts';
import { laySealed, layState, type PrivateCopy, privateCopy } from './private-copy.ts';
import { readPlan, type TerraformPlan } from './read-plan.ts';
import type { TerraformParts } from './run-terraform.ts';
import { BLOB, readInputs, sealedBlob } from './sealed-inputs.ts';
import type { WorkingDirectory } from './working-directory.ts';
import { bundleCopy, FACT, sealedText, sealedWorkingDirectory } from './world-facts.ts';

const LARGEST_INPUT_BYTES = 16 * 1024 * 1024;
const LARGEST_STATE_BYTES = 192 * 1024 * 1024;

/**
 * Plans anew from the sealed configuration, inputs and environment, and compares what stands in the world with the sealed plan.
 *
 * The plan is made in a copy of its own beside the one that will run: data sources may write files, and what runs is the sealed bytes.
 * The real state is copied or read, no lock is taken. A plan that was sealed with `-refresh=false` looked at nothing, so there is
 * nothing to compare.
 *
 * @param secrets  masked in what Terraform complains of
 * @throws Failure `TOOL_FAILED` when no plan can be made; `BLOB_CORRUPT`
 */
export async function findDrift(
  parts: TerraformParts,
  bundle: OpenedBundle,
  secrets: readonly string[],
): Promise<readonly FactDifference[]> {
  const copy = bundleCopy(bundle);
  const { planArguments } = readInputs(await parts.files.read(copy.inputs, LARGEST_INPUT_BYTES));
  if (!looksAtTheWorld(planArguments)) return [];
  const working = sealedWorkingDirectory(bundle.manifest);
  const beside = privateCopy(`${copy.root}/afresh`, sealedText(bundle.manifest, FACT.inside));
  try {
    await layBeside(parts, { bundle, copy, beside, working });
    const made = await makePlan(parts, {
      tool: bundle.manifest.tool.path,
      copy: beside,
      backend: working.backend.kind,
      planArguments,
      environment: { ...bundleEnvironment(bundle), TF_WORKSPACE: working.workspace },
    });
    if (made.kind === 'failed') throw notPlanned(bundle, maskText(`${made.step}: ${made.first}`, secrets));
    return compareWorlds(await sealedPlan(parts, copy), made.plan);
  } finally {
    // Plan and state hold values in the clear.
    await parts.files.remove(beside.root);
  }
}

type Laying = {
  readonly bundle: OpenedBundle;
  readonly copy: PrivateCopy;
  readonly beside: PrivateCopy;
  readonly working: WorkingDirectory;
};

async function layBeside(parts: TerraformParts, { bundle, copy, beside, working }: Laying): Promise<void> {
  await laySealed(parts, beside, sealedBlob(bundle.blobs, BLOB.directory));
  const providers = `${copy.tree}/.terraform/providers`;
  if ((await parts.files.stat(providers)) !== undefined) {
    await parts.files.makeDirectory(`${beside.tree}/.terraform`, 0o700);
    await parts.files.link(`${beside.tree}/.terraform/providers`, providers);
  }
  const { backend } = working;
  if (backend.kind === 'remote') return;
  await layState(parts, beside, await parts.files.read(backend.statePath, LARGEST_STATE_BYTES));
}

/** The plan that will run, as Terraform described it when it was laid out. */
async function sealedPlan(parts: TerraformParts, copy: PrivateCopy): Promise<TerraformPlan> {
  return readPlan((await parts.files.read(copy.planJson, LARGEST_STATE_BYTES)) ?? new Uint8Array());
}

function notPlanned({ manifest }: OpenedBundle, why: string): Failure {
  return new Failure(
    'TOOL_FAILED',
    `the world can't be looked at before ${manifest.proposal} runs: ${visibleLine(why)}`,
    {
      hint: 'nothing ran and nothing is spent: put right what Terraform complains of, then execute again',
      where: manifest.proposal,
    },
  );
}
