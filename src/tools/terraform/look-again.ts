/**
 * Looks whether the world is still as a confirmed plan left it: a fresh plan of the same configuration that finds nothing to change.
 *
 * The sealed configuration was destroyed when the change closed; its digest was not. So the real directory is planned, in a private
 * copy, behind the planner's fence, and only where it is the sealed configuration to the byte, with the same providers and state.
 * Nothing in the world changes, and no lock is taken.
 */

import { canonicalJson, visibleLine } from '../../kernel/index.ts';
import type { Drift, LookAgainAnswer, LookAgainRequest } from '../look-again.ts';
import { chooseTool, toolName } from './choose-tool.ts';
import { lacksInit, type MadePlan, makePlan } from './make-plan.ts';
import { maskText, SENSITIVE } from './mask-text.ts';
import { isTargeted, verifyingArguments } from './plan-arguments.ts';
import { addressOf, previewAction } from './plan-preview.ts';
import type { DriverParts } from './plan-proposal.ts';
import { laySource, layState, privateCopy } from './private-copy.ts';
import { isNoOp, type TerraformPlan } from './read-plan.ts';
import { isRepair } from './repair/repair.ts';
import { identifyTool } from './run-terraform.ts';
import { secretTexts } from './sensitive-values.ts';
import { terraformEnvironment, withoutSecrets } from './terraform-environment.ts';
import { readWorkingDirectory } from './working-directory.ts';
import { FACT, readWorld, SOURCE_FACT, sealedText, sealedVariableFiles, type World } from './world-facts.ts';

/** What else than the configuration can't have changed: another one of these is another world. */
const PLACE_WORDS: Readonly<Record<string, string>> = {
  [FACT.backendType]: 'backend',
  [FACT.backendPath]: 'backend',
  [FACT.workspace]: 'workspace',
};

const INSTALLED_WORDS: Readonly<Record<string, string>> = {
  [SOURCE_FACT.modules]: 'the installed modules',
  [SOURCE_FACT.providers]: 'the installed providers',
};

const SOURCE_WORDS: Readonly<Record<string, string>> = {
  [SOURCE_FACT.directory]: 'the configuration',
  [SOURCE_FACT.lock]: '.terraform.lock.hcl',
  ...INSTALLED_WORDS,
};

type Sealed = LookAgainRequest['manifest'];

/** Looks. @throws Failure `TOOL_MISSING`, `TOOL_FAILED`, `CONFIG_INVALID`, `BLOB_CORRUPT`, `BLOB_TOO_LARGE` when there is nothing to look with or at */
export async function lookAgain(parts: DriverParts, request: LookAgainRequest): Promise<LookAgainAnswer> {
  const { manifest } = request;
  const unaskable = refuseUnaskable(request);
  if (unaskable !== undefined) return unaskable;
  const given = { ...request.environment, TF_DATA_DIR: sealedText(manifest, FACT.dataDirectory) };
  const environment = terraformEnvironment(given, parts.searchPath);
  const tool = await identifyTool(
    parts,
    await chooseTool(parts, { argv: [sealedTool(manifest)], directory: manifest.directory }),
    environment,
  );
  const clear = withoutSecrets({ environment: given, secretVariables: request.secretVariables });
  const working = await readWorkingDirectory(parts.files, manifest.directory, clear);
  const world = await readWorld(parts, { tool, working, environment, variableFiles: sealedVariableFiles(manifest) });
  const elsewhere = differing(manifest, world, PLACE_WORDS);
  const changed = differing(manifest, world, SOURCE_WORDS);
  // A directory that needs nothing installed has no data directory either: only what was installed and is gone tells.
  const lost = elsewhere.length + differing(manifest, world, INSTALLED_WORDS).length;
  if (lost > 0 && (await parts.files.stat(working.dataDirectory)) === undefined) return uninitialised(manifest);
  if (elsewhere.length > 0) return leadsElsewhere(manifest, elsewhere);
  if (world.state.kind === 'unreadable') {
    return unknown(`the state can't be read: ${world.state.why}`, 'restore the state from its backup first');
  }
  if (changed.length > 0) return { kind: 'changed-configuration', changed };
  return await planAgain(parts, request, world);
}

function refuseUnaskable({ manifest, options }: LookAgainRequest): LookAgainAnswer | undefined {
  if (isRepair(manifest)) {
    return unknown(
      'the newest change of it is a repair of the state, which no plan was made of',
      'propose what is left, and have it confirmed: the next look compares with that',
    );
  }
  if (options === undefined || !manifest.facts.some(({ name }) => name === SOURCE_FACT.modules)) {
    return unknown('it was planned by an earlier version', 'confirm a change first: the next look compares with that');
  }
  const secret = options.find((option) => option.includes(SENSITIVE));
  if (secret === undefined) return undefined;
  const name = visibleLine(secret.split('=', 2).join('='));
  return unknown(
    `it was planned with ${name}, whose value is in no record any more`,
    'give such values by -var-file, or by --env TF_VAR_NAME, from the next change on',
  );
}

// Whoever was confirmed with one of the two is looked at with the same one.
function sealedTool({ facts }: Sealed): string {
  const path = facts.find(({ name }) => name === 'tool.path')?.value;
  return toolName(typeof path === 'string' ? path : '');
}

function differing(manifest: Sealed, world: World, words: Readonly<Record<string, string>>): readonly string[] {
  const sealed = new Map(manifest.facts.map(({ name, value }) => [name, canonicalJson(value)]));
  const found = world.facts.filter(({ name, value }) => name in words && sealed.get(name) !== canonicalJson(value));
  return [...new Set(found.map(({ name }) => words[name] ?? name))];
}

function uninitialised({ directory }: Sealed): LookAgainAnswer {
  const where = visibleLine(directory);
  return unknown(`${where} is not initialised any more`, `run \`terraform init\` in ${where}, then look again`);
}

function leadsElsewhere({ directory }: Sealed, what: readonly string[]): LookAgainAnswer {
  return unknown(
    `${visibleLine(directory)} has another ${what.join(' and ')} now than the change that was confirmed`,
    'put it back, or confirm a change with the new one: the next look compares with that',
  );
}

async function planAgain(parts: DriverParts, request: LookAgainRequest, world: World): Promise<LookAgainAnswer> {
  const copy = privateCopy(request.scratch, world.source.found.inside);
  await laySource(parts, copy, world.working, world.source);
  await layState(parts, copy, world.stateBytes);
  const argv = verifyingArguments(request.options ?? []);
  const environment = terraformEnvironment(request.environment, parts.searchPath);
  const made = await makePlan(
    { ...parts, processes: parts.sandboxed },
    {
      tool: world.tool.path,
      copy,
      backend: world.working.backend.kind,
      planArguments: argv,
      environment: { ...environment, TF_WORKSPACE: world.working.workspace },
    },
  );
  const values = request.secretVariables.map((name) => request.environment[name] ?? '');
  const show = (text: string): string => visibleLine(maskText(text, secretTexts(values)));
  if (made.kind === 'failed') return notPlanned(request, made, show);
  return judge(made.plan, argv, show);
}

type Show = (text: string) => string;

function notPlanned(
  { manifest }: LookAgainRequest,
  failed: Extract<MadePlan, { readonly kind: 'failed' }>,
  show: Show,
): LookAgainAnswer {
  const next = lacksInit(failed)
    ? `run \`terraform init\` in ${visibleLine(manifest.directory)}, then look again`
    : 'put right what Terraform complains of, then look again';
  return unknown(`no plan could be made: ${failed.step}: ${show(failed.first)}`, next);
}

function judge(plan: TerraformPlan, argv: readonly string[], show: Show): LookAgainAnswer {
  const next = 'run `terraform plan` in the directory to see why';
  if (plan.isErrored) return unknown('the plan holds errors', next);
  const drift = driftOf(plan, argv, show);
  const found = drift.resources.length + drift.outputs.length + drift.failedChecks.length;
  if (found > 0 || plan.isApplyable) return { kind: 'drifted', drift, argv, isMendable: plan.isApplyable };
  const isWhole = plan.isComplete || (isTargeted(argv) && plan.deferred.length === 0);
  return isWhole ? { kind: 'as-confirmed' } : unknown('the plan is not complete', next);
}

function driftOf(plan: TerraformPlan, argv: readonly string[], show: Show): Drift {
  // A plan that only refreshes changes no object: what moved stands beside its changes.
  const isRefresh = argv.includes('-refresh-only');
  const moved = isRefresh ? plan.drifted.map((one) => ({ address: addressOf(one), action: 'refresh' })) : [];
  const planned = plan.changes.map((one) => ({ address: addressOf(one), action: previewAction(one) }));
  const resources = [...moved, ...planned.filter(({ action }) => action !== 'no-op')];
  return {
    resources: resources
      .map(({ address, action }) => ({ address: show(address), action }))
      .sort((left, right) => order(left.address, right.address)),
    outputs: plan.outputs
      .filter(({ actions }) => !isNoOp(actions))
      .map(({ name }) => show(name))
      .sort(order),
    failedChecks: plan.checks
      .filter(({ status }) => status === 'fail' || status === 'error')
      .map(({ address }) => show(address))
      .sort(order),
  };
}

function order(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function unknown(why: string, next: string): LookAgainAnswer {
  return { kind: 'unknown', why, next };
}
