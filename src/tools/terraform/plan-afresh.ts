/** Plans anew from the sealed configuration, for a verifier that trusts nobody's report. Reads the world, writes only to scratch. */

import type { HashFunction, JsonObject, Sha256Hex } from '../../kernel/index.ts';
import { visibleLine } from '../../kernel/index.ts';
import { type FreshPlanQuestion, objectDigest, readFreshPlanQuestion } from './fresh-plan-check.ts';
import { type KeptObject, otherObjects } from './kept-objects.ts';
import { makePlan } from './make-plan.ts';
import { maskText } from './mask-text.ts';
import { layProviders, takeProviders } from './pinned-providers.ts';
import { isTargeted, verifyingArguments } from './plan-arguments.ts';
import { planDigest } from './plan-digest.ts';
import { addressOf, previewAction } from './plan-preview.ts';
import { laySealed, layState, privateCopy } from './private-copy.ts';
import { isNoOp, type TerraformPlan } from './read-plan.ts';
import { askState } from './repair/ask-state.ts';
import type { StateJudgement } from './repair/judge-state.ts';
import type { LockParts } from './repair/read-lock.ts';
import { isStateQuestion } from './repair/state-check.ts';
import type { TerraformParts } from './run-terraform.ts';
import { readInputs, type SealedInputs } from './sealed-inputs.ts';
import { secretTexts } from './sensitive-values.ts';
import { terraformEnvironment } from './terraform-environment.ts';

/** A question of kind `terraform-plan`, with what it is put with. */
export type FreshPlanRequest = {
  readonly question: JsonObject;
  /** The bundle's blob `directory`, in the clear. */
  readonly sealedDirectory: Uint8Array;
  /** The verifier's own: PATH and read-only credentials. */
  readonly environment: Readonly<Record<string, string>>;
  /** A fresh private directory; removed by the caller afterwards. It will hold secrets. */
  readonly scratch: string;
};

/** What the fresh plan says. `digest` names the whole of it, secrets included, without its time. */
export type FreshPlan =
  | { readonly kind: 'empty'; readonly digest: Sha256Hex }
  | {
      readonly kind: 'changes';
      readonly digest: Sha256Hex;
      readonly resources: readonly { readonly address: string; readonly action: string }[];
      readonly outputs: readonly string[];
      /** Check blocks and conditions that do not hold. */
      readonly failedChecks: readonly string[];
      /** Objects that were to be replaced and are still the old ones. */
      readonly notReplaced: readonly string[];
      /** Addresses where other objects stand than those that were to be kept. */
      readonly otherObjects: readonly string[];
    }
  | { readonly kind: 'failed'; readonly why: string }
  /** The question was one about the state: whether a repair left it as approved. */
  | { readonly kind: 'state'; readonly judgement: StateJudgement };

const LARGEST_TOOL_BYTES = 1024 * 1024 * 1024;
const LARGEST_INPUT_BYTES = 16 * 1024 * 1024;
const LARGEST_STATE_BYTES = 192 * 1024 * 1024;

/** Puts a question of kind `terraform-plan`: to a fresh plan, or to the state itself. @throws Failure as `planAfresh`, `askState` */
export async function askSealedTerraform(parts: LockParts, request: FreshPlanRequest): Promise<FreshPlan> {
  if (!isStateQuestion(request.question)) return await planSealedTerraform(parts, request);
  return { kind: 'state', judgement: await askState(parts, request) };
}

/**
 * Asks whether a fresh plan finds anything to change, with everything refreshed.
 *
 * The real directory and the real state are only read: the state is copied, and no lock is taken. Texts in the answer hold no
 * attribute values.
 *
 * @throws Failure `BLOB_CORRUPT` when question or directory can't be read; `TOOL_FAILED` when Terraform hangs or a provider is another
 */
export async function planSealedTerraform(parts: TerraformParts, request: FreshPlanRequest): Promise<FreshPlan> {
  const question = readFreshPlanQuestion(request.question);
  if ((await parts.files.digest(question.tool.path, LARGEST_TOOL_BYTES)) !== question.tool.digest) {
    return { kind: 'failed', why: `${visibleLine(question.tool.path)} is not the sealed terraform` };
  }
  const copy = privateCopy(request.scratch, question.inside);
  await laySealed(parts, copy, request.sealedDirectory);
  const inputs = readInputs(await parts.files.read(copy.inputs, LARGEST_INPUT_BYTES));
  const pins = await parts.files.read(copy.pins, LARGEST_INPUT_BYTES);
  const providers = await takeProviders(parts, question.dataDirectory, pins);
  await layProviders(parts, copy.tree, providers);
  if (question.state.kind === 'local') {
    await layState(parts, copy, await parts.files.read(question.state.path, LARGEST_STATE_BYTES));
  }
  const made = await makePlan(parts, {
    tool: question.tool.path,
    copy,
    backend: question.state.kind,
    planArguments: verifyingArguments(inputs.planArguments),
    environment: environmentOf(request, inputs, question),
  });
  if (made.kind === 'failed') return { kind: 'failed', why: failureText(made, inputs) };
  return judgePlan(parts.hash, made.plan, {
    ...question,
    kept: inputs.kept,
    isTargeted: isTargeted(inputs.planArguments),
  });
}

function environmentOf(
  request: FreshPlanRequest,
  inputs: SealedInputs,
  question: FreshPlanQuestion,
): Readonly<Record<string, string>> {
  const given = { ...request.environment, ...inputs.variables };
  return { ...terraformEnvironment(given, request.environment['PATH'] ?? ''), TF_WORKSPACE: question.workspace };
}

type Judged = Pick<FreshPlanQuestion, 'replaced'> & {
  readonly kept: readonly KeptObject[];
  readonly isTargeted: boolean;
};

function judgePlan(hash: HashFunction, plan: TerraformPlan, question: Judged): FreshPlan {
  const digest = planDigest(hash, plan);
  const resources = plan.changes
    .map((change) => ({ address: addressOf(change), action: previewAction(change) }))
    .filter(({ action }) => action !== 'no-op');
  const outputs = plan.outputs.filter(({ actions }) => !isNoOp(actions)).map(({ name }) => visibleLine(name));
  const failedChecks = plan.checks
    .filter(({ status }) => status === 'fail' || status === 'error')
    .map(({ address }) => visibleLine(address));
  const notReplaced = question.replaced
    .filter((old) =>
      plan.changes.some((change) => change.address === old.address && objectDigest(hash, change) === old.digest),
    )
    .map(({ address }) => visibleLine(address));
  const others = otherObjects(question.kept, plan);
  // What a target leaves out was left out before eyes. What was deferred was not.
  const isWhole = plan.isComplete || (question.isTargeted && plan.deferred.length === 0);
  const isQuiet = !plan.isApplyable && !plan.isErrored && isWhole;
  const findings = resources.length + outputs.length + failedChecks.length + notReplaced.length + others.length;
  if (isQuiet && findings === 0) return { kind: 'empty', digest };
  return { kind: 'changes', digest, resources, outputs, failedChecks, notReplaced, otherObjects: others };
}

function failureText(failed: { readonly step: string; readonly first: string }, inputs: SealedInputs): string {
  return visibleLine(maskText(`${failed.step}: ${failed.first}`, secretTexts(Object.values(inputs.variables))));
}
