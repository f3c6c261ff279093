/** Makes a plan in a private copy, and reads it back. Used by the planner, and again by the verifier on the sealed configuration. */

import { resolve } from 'node:path';
import { type ProcessResult, visibleLine } from '../../kernel/index.ts';
import { toolName } from './choose-tool.ts';
import { isWithin } from './is-within.ts';
import { variableFiles } from './plan-arguments.ts';
import type { PrivateCopy } from './private-copy.ts';
import { readPlan, type TerraformPlan } from './read-plan.ts';
import { complaint, isDone, runTerraform, type TerraformParts, type TerraformRun } from './run-terraform.ts';
import type { Backend } from './working-directory.ts';

/** How to plan. */
export type PlanOrder = {
  readonly tool: string;
  readonly copy: PrivateCopy;
  readonly backend: Backend['kind'];
  readonly planArguments: readonly string[];
  /** The whole environment, TF_WORKSPACE among it. */
  readonly environment: Readonly<Record<string, string>>;
};

/** A plan that was made, or Terraform's own words about why not. */
export type MadePlan =
  | { readonly kind: 'made'; readonly plan: TerraformPlan; readonly planBytes: Uint8Array; readonly json: Uint8Array }
  | { readonly kind: 'failed'; readonly step: string; readonly first: string; readonly whole: string };

const LARGEST_PLAN_BYTES = 192 * 1024 * 1024;

/** How Terraform says that something is missing which only `terraform init` brings: modules, providers, the record of a backend. */
const UNINITIALISED =
  /^(?:Backend initialization required|Inconsistent dependency lock file|Required plugins are not installed|Module not installed|Module source has changed|Module version requirements have changed|Provider requirements cannot be satisfied)/;

/**
 * Plans without taking the lock (nothing is written), and reads the plan.
 *
 * The copy is never initialised: it holds what `terraform init` left in the real directory, and another init would ask a registry
 * for what lies there already. A local state is named as the copy's own file, so that planning never touches the real one.
 *
 * @throws Failure `TOOL_FAILED` when Terraform does not start, does not end, or prints what nobody can read
 */
export async function makePlan(parts: TerraformParts, order: PlanOrder): Promise<MadePlan> {
  const run = runOf(parts, order);
  const name = toolName(order.tool);
  const outside = outsideFile(order);
  if (outside !== undefined) return { kind: 'failed', step: `${name} plan`, first: outside, whole: '' };
  const state = order.backend === 'local' ? [`-state=${order.copy.state}`] : [];
  const fixed = ['-input=false', '-no-color', '-json', '-lock=false', `-out=${order.copy.plan}`];
  const planned = await runTerraform(run, ['plan', ...fixed, ...state, ...order.planArguments]);
  if (!isDone(planned)) return failedAt(`${name} plan`, planned);
  const shown = await showPlanJson(run, order.copy);
  if (!isDone(shown)) return failedAt(`${name} show`, shown);
  const planBytes = await parts.files.read(order.copy.plan, LARGEST_PLAN_BYTES);
  if (planBytes === undefined) return { kind: 'failed', step: `${name} plan`, first: 'it left no plan', whole: '' };
  return { kind: 'made', plan: readPlan(shown.stdout), planBytes, json: shown.stdout };
}

// What lies outside of the copy is not sealed: it could say another thing each time that somebody plans.
function outsideFile({ copy, planArguments }: PlanOrder): string | undefined {
  const outside = variableFiles(planArguments).find((path) => !isWithin(resolve(copy.tree, path), copy.base));
  return outside === undefined
    ? undefined
    : `the file of variables ${visibleLine(outside)} is no part of what is sealed`;
}

/** Tells whether a plan failed because its directory lacks what `terraform init` brings. */
export function lacksInit(failed: Extract<MadePlan, { readonly kind: 'failed' }>): boolean {
  return UNINITIALISED.test(failed.first);
}

/** Describes a saved plan as JSON. */
export async function showPlanJson(run: TerraformRun, copy: PrivateCopy): Promise<ProcessResult> {
  return await runTerraform(run, ['show', '-json', copy.plan]);
}

/** Describes a saved plan as people read it: Terraform itself leaves sensitive values out there. */
export async function showPlanText(run: TerraformRun, copy: PrivateCopy): Promise<ProcessResult> {
  return await runTerraform(run, ['show', '-no-color', copy.plan]);
}

/** A terraform in the copy's configuration. */
export function runOf(parts: TerraformParts, order: Pick<PlanOrder, 'tool' | 'copy' | 'environment'>): TerraformRun {
  return {
    processes: parts.processes,
    tool: order.tool,
    directory: order.copy.tree,
    environment: order.environment,
  };
}

function failedAt(step: string, result: ProcessResult): MadePlan {
  return { kind: 'failed', step, ...complaint(result) };
}
