/** Makes the preview of a plan that lies in a private copy: the same for the planner, who seals it, and for the runner, who compares. */

import { Failure, type Preview, type Unpredictable, visibleLine } from '../../kernel/index.ts';
import { toolName } from './choose-tool.ts';
import { isConfiguration } from './configuration-files.ts';
import { runOf, showPlanText } from './make-plan.ts';
import { maskText } from './mask-text.ts';
import { optionNotes, shownOptions } from './option-words.ts';
import { looksAtTheWorld } from './plan-arguments.ts';
import { planPreview } from './plan-preview.ts';
import type { PrivateCopy } from './private-copy.ts';
import type { TerraformPlan } from './read-plan.ts';
import { complaint, isDone, type TerraformParts } from './run-terraform.ts';
import type { SealedInputs } from './sealed-inputs.ts';
import { secretTexts, sensitiveValues } from './sensitive-values.ts';
import { sourceProvisioners } from './source-provisioners.ts';

/** What a preview is made of, all of it sealed. */
export type PreviewOrder = {
  readonly tool: string;
  readonly copy: PrivateCopy;
  readonly environment: Readonly<Record<string, string>>;
  readonly inputs: SealedInputs;
  /** Values of secret environment variables. */
  readonly secretVariables: readonly string[];
  /** What would run, where, and with which environment, of `placeNotes`. */
  readonly place: readonly string[];
};

const SOURCE_BYTES = 4 * 1024 * 1024;
/** Functions whose answer is another one each time: a plan that calls them may never become empty. */
const RESTLESS = /\b(timestamp|uuid|bcrypt)\s*\(/;

const UNSEEN =
  'the world was not looked at while planning: what was changed outside of Terraform is not noticed, neither here nor before this runs';

/** Makes the preview. @throws Failure `TOOL_FAILED` when Terraform can't show the plan */
export async function previewCopy(
  parts: TerraformParts,
  order: PreviewOrder,
  plan: TerraformPlan,
): Promise<{ readonly preview: Preview; readonly secrets: readonly string[] }> {
  const shown = await showPlanText(runOf(parts, order), order.copy);
  if (!isDone(shown)) {
    throw new Failure(
      'TOOL_FAILED',
      `terraform show failed: ${maskText(complaint(shown).first, order.secretVariables)}`,
      {
        hint: 'the sealed plan may be damaged: propose the change again',
      },
    );
  }
  const secrets = allSecrets(plan, order.secretVariables);
  const preview = planPreview({
    plan,
    humanText: new TextDecoder().decode(shown.stdout).trim(),
    secrets,
    provisioned: await sourceProvisioners(parts.files, order.copy, toolName(order.tool)),
    unpredictable: attachedProviders(order.environment),
    options: shownOptions(order.inputs.planArguments),
    notes: [...(await notes(parts, order)), ...order.place.map((note) => visibleLine(maskText(note, secrets)))],
  });
  return { preview, secrets };
}

function allSecrets(plan: TerraformPlan, secretVariables: readonly string[]): readonly string[] {
  const texts = new Set([...sensitiveValues(plan), ...secretTexts(secretVariables)]);
  return [...texts].sort((left, right) => right.length - left.length || (left < right ? -1 : 1));
}

async function notes(parts: TerraformParts, order: PreviewOrder): Promise<readonly string[]> {
  return [
    ...optionNotes(order.inputs.planArguments),
    ...(looksAtTheWorld(order.inputs.planArguments) ? [] : [UNSEEN]),
    ...(await restlessSources(parts, order.copy)),
  ];
}

async function restlessSources(parts: TerraformParts, copy: PrivateCopy): Promise<readonly string[]> {
  const tree = await parts.files.tree(
    copy.base,
    (path) => `${copy.base}/${path}` === `${copy.tree}/.terraform/providers`,
  );
  const found: string[] = [];
  for (const entry of tree) {
    if (entry.kind !== 'file' || !isConfiguration(entry.path) || entry.sizeBytes > SOURCE_BYTES) continue;
    const content = await parts.files.read(`${copy.base}/${entry.path}`, SOURCE_BYTES);
    const called = RESTLESS.exec(new TextDecoder().decode(content))?.[1];
    if (called === undefined) continue;
    found.push(`${entry.path} calls ${called}(): a fresh plan may never be empty, and the verification then refutes`);
  }
  return found;
}

function attachedProviders(environment: Readonly<Record<string, string>>): readonly Unpredictable[] {
  if (environment['TF_REATTACH_PROVIDERS'] === undefined) return [];
  const text = 'TF_REATTACH_PROVIDERS attaches providers that are already running: their bytes are not sealed';
  return [{ address: 'providers', what: 'attached-provider', text }];
}
