/** Reads the outcome of an apply from Terraform's events and from its state, never from its exit code alone (L6). */

import { isFailure, type Outcome } from '../../kernel/index.ts';
import { bundleEnvironment } from '../bundle-environment.ts';
import type { ExecutionTrace, OpenedBundle } from '../driver.ts';
import { readApplyStream } from './apply-stream.ts';
import { classifyApply } from './classify-apply.ts';
import { maskText } from './mask-text.ts';
import type { PrivateCopy } from './private-copy.ts';
import { type PlannedChange, readPlan } from './read-plan.ts';
import { readState, type StateReading } from './read-state.ts';
import type { TerraformParts } from './run-terraform.ts';
import { bundleCopy, FACT, readStateBytes, sealedFact, sealedText, sealedWorkingDirectory } from './world-facts.ts';

const LARGEST_PLAN_BYTES = 192 * 1024 * 1024;

/** Observes. @param secrets  longest first; taken out of every text of the outcome */
export async function observeApply(
  parts: TerraformParts,
  bundle: OpenedBundle,
  trace: ExecutionTrace,
  secrets: readonly string[],
): Promise<Outcome> {
  const copy = bundleCopy(bundle);
  const serial = sealedFact(bundle.manifest, FACT.serial);
  return classifyApply({
    end: trace.end,
    stream: readApplyStream(trace.stdout, (text) => maskText(text, secrets)),
    planned: await sealedChanges(parts, copy),
    before: { lineage: sealedText(bundle.manifest, FACT.lineage), serial: typeof serial === 'number' ? serial : 0 },
    after: await stateAfter(parts, bundle, copy),
    hasErroredState: (await parts.files.stat(`${copy.tree}/errored.tfstate`)) !== undefined,
    survivors: trace.survivors,
  });
}

async function sealedChanges(parts: TerraformParts, copy: PrivateCopy): Promise<readonly PlannedChange[] | undefined> {
  const json = await parts.files.read(copy.planJson, LARGEST_PLAN_BYTES);
  return json === undefined ? undefined : readPlan(json).changes;
}

async function stateAfter(parts: TerraformParts, bundle: OpenedBundle, copy: PrivateCopy): Promise<StateReading> {
  const { manifest } = bundle;
  const sealed = sealedWorkingDirectory(manifest);
  const working = { ...sealed, directory: copy.tree, dataDirectory: `${copy.tree}/.terraform` };
  try {
    return readState(
      await readStateBytes(parts, { tool: manifest.tool, working, environment: bundleEnvironment(bundle) }),
    );
  } catch (thrown) {
    // A state that can't be had is an answer, and the worst one: nobody knows what became of the change.
    if (isFailure(thrown)) return { kind: 'unreadable', why: thrown.message };
    throw thrown;
  }
}
