/** Plans a change and gathers what is to be sealed. The real directory and the real state are read, never written. */

import {
  type CheckSpec,
  isFailure,
  type Preview,
  type Processes,
  visibleLine,
  visibleText,
} from '../../kernel/index.ts';
import type { PlanAnswer, PlannedBlob, PlanRequest } from '../driver.ts';
import { identityFacts } from '../identity/identity-facts.ts';
import { credentialsOfProviders } from '../identity/other-credentials.ts';
import { applyArguments } from './apply-command.ts';
import { askedTool, chooseTool, toolName } from './choose-tool.ts';
import { lostValues, type PlannedWith } from './ephemeral-values.ts';
import { findSource } from './find-source.ts';
import { freshPlanCheck } from './fresh-plan-check.ts';
import { type ImportWish, importArgument, layImports } from './import-blocks.ts';
import { keptObjects } from './kept-objects.ts';
import { lacksInit, type MadePlan, makePlan } from './make-plan.ts';
import { maskText } from './mask-text.ts';
import { packPins } from './pinned-providers.ts';
import { placeNotes } from './place-notes.ts';
import { planArguments, variableFiles, variableFilesBeside } from './plan-arguments.ts';
import { planDigest } from './plan-digest.ts';
import { previewCopy } from './preview-copy.ts';
import { jsonBytes, laySource, layState, type PrivateCopy, packSealed, privateCopy } from './private-copy.ts';
import type { TerraformPlan } from './read-plan.ts';
import type { RepairParts } from './repair/examine-repair.ts';
import { identifyTool } from './run-terraform.ts';
import { BLOB, packInputs, type SealedInputs } from './sealed-inputs.ts';
import { secretPlace } from './secret-place.ts';
import { secretTexts } from './sensitive-values.ts';
import { hiddenArguments, inputVariables, terraformEnvironment, withoutSecrets } from './terraform-environment.ts';
import { refuseUnsealedFiles } from './variable-files.ts';
import { readWorkingDirectory, type WorkingDirectory } from './working-directory.ts';
import { readSource, readWorld, sourceDigest, type World } from './world-facts.ts';

/** What the driver works with: `sandboxed` runs everything that executes foreign code while planning. */
export type DriverParts = RepairParts & {
  readonly sandboxed: Processes;
  /** Where `terraform` is looked for, and the PATH of provisioners when the proposal names none. */
  readonly searchPath: string;
};

const PRIVATE_FILE = 0o600;

type Unplannable = Extract<PlanAnswer, { readonly kind: 'unplannable' }>;
type Made = Extract<MadePlan, { readonly kind: 'made' }>;

/** A request that can be planned. */
type Asked = {
  readonly kind: 'asked';
  readonly request: PlanRequest;
  readonly inputs: SealedInputs;
  readonly imports: readonly ImportWish[];
  readonly environment: Readonly<Record<string, string>>;
  readonly secretVariables: readonly string[];
};

/** A request with its private copy. */
type Order = Asked & { readonly copy: PrivateCopy };

/** Plans. @throws Failure `TOOL_MISSING`, `TOOL_FAILED`, `BLOB_TOO_LARGE`, `CONFIG_INVALID`, `CONTENTION` */
export async function planProposal(parts: DriverParts, request: PlanRequest): Promise<PlanAnswer> {
  const asked = readOrder(parts, request);
  if (asked.kind === 'unplannable') return asked;
  const wrapped = await refuseTerragrunt(parts, request.directory);
  if (wrapped !== undefined) return wrapped;
  const tool = await identifyTool(parts, await chooseTool(parts, request), asked.environment);
  const working = await readWorkingDirectory(parts.files, request.directory, withoutSecrets(request));
  if (working.backend.kind === 'remote' && ['cloud', 'remote'].includes(working.backend.type))
    return hostedRuns(working);
  const secret = secretPlace(working, request.secretVariables);
  if (secret !== undefined) return unplannable(secret.why, secret.next);
  const options = asked.inputs.planArguments;
  await refuseUnsealedFiles(parts.files, working, variableFiles(options));
  const binding = { tool, working, environment: asked.environment, variableFiles: variableFilesBeside(options) };
  const world = await readWorld(parts, binding);
  if (world.state.kind === 'unreadable') return unreadableState(working, world.state.why);
  const order = { ...asked, copy: privateCopy(request.scratch, world.source.found.inside) };
  const made = await planInCopy(parts, order, world);
  if (made.kind === 'unplannable') return made;
  return await sealPlan(parts, order, await identified(parts, order, { world, made }), made);
}

/** The world with whom the change is planned as. A command line is foreign code like any provider: it is asked in the sandbox. */
async function identified(
  parts: DriverParts,
  { environment, request }: Order,
  { world, made }: { readonly world: World; readonly made: Made },
): Promise<World> {
  const { secretVariables } = request;
  const others = credentialsOfProviders(made.plan.document);
  const asking = { ...parts, processes: parts.sandboxed };
  const identities = await identityFacts(asking, { variables: environment, secretVariables }, others);
  return { ...world, facts: [...world.facts, ...identities] };
}

function readOrder(parts: DriverParts, request: PlanRequest): Asked | Unplannable {
  const hidden = hiddenArguments(request.environment);
  if (hidden.length > 0) {
    const why = `${hidden.join(', ')} in the environment adds arguments that nobody sees`;
    return unplannable(why, 'unset it, and name the options in the proposal');
  }
  const options = planArguments(request.argv, request.directory);
  if (options.kind === 'refused') return unplannable(options.why, options.next);
  return {
    kind: 'asked',
    request,
    inputs: { planArguments: options.planArguments, variables: inputVariables(request.environment) },
    imports: options.imports,
    environment: terraformEnvironment(request.environment, parts.searchPath),
    secretVariables: secretTexts(request.secretVariables.map((name) => request.environment[name] ?? '')),
  };
}

async function planInCopy(parts: DriverParts, order: Order, world: World): Promise<Made | Unplannable> {
  const { copy, request } = order;
  await laySource(parts, copy, world.working, world.source);
  await layState(parts, copy, world.stateBytes);
  const notLaid = await layImports(parts, copy.tree, order.imports);
  if (notLaid !== undefined) return unplannable(notLaid, 'rename it: an import is planned in a file of that name');
  const made = await makePlan(
    { ...parts, processes: parts.sandboxed },
    {
      tool: world.tool.path,
      copy,
      backend: world.working.backend.kind,
      planArguments: order.inputs.planArguments,
      environment: { ...order.environment, TF_WORKSPACE: world.working.workspace },
    },
  );
  if (made.kind === 'failed') return notPlanned(order, made);
  const { planArguments: options } = order.inputs;
  const planned = { plan: made.plan, copy, tool: toolName(world.tool.path), planArguments: options };
  return refusePlan(made.plan, request) ?? (await refuseLostValues(parts, planned)) ?? made;
}

function refusePlan(plan: TerraformPlan, request: PlanRequest): Unplannable | undefined {
  if (plan.isErrored) return unplannable('the plan holds errors', 'put the configuration right and propose again');
  if (!plan.isApplyable) return unplannable('there is nothing to change', 'the world is as the configuration says');
  if (!JSON.stringify(plan.document).includes(request.scratch)) return undefined;
  const place = plan.changes.find(({ after }) => JSON.stringify(after).includes(request.scratch));
  return unplannable(
    `the plan holds the path of the private copy that it was made in${place === undefined ? '' : `, in ${visibleLine(place.address)}`}`,
    'use path.module or path.root as they are, without abspath() or path.cwd',
  );
}

async function refuseLostValues(parts: DriverParts, planned: PlannedWith): Promise<Unplannable | undefined> {
  const [lost] = await lostValues(parts.files, planned);
  if (lost === undefined) return undefined;
  const [name, option] = [visibleLine(lost.name), visibleLine(lost.option)];
  return unplannable(
    `the variable ${name} is ephemeral: no plan holds what ${option} says of it, and the plan would run with another value or not at all`,
    `give it by --secret-env TF_VAR_${name}, which is sealed for the run, and not by ${option}`,
  );
}

function backendName({ backend }: WorkingDirectory): string {
  return backend.kind === 'local' ? 'local' : backend.type;
}

async function sealPlan(parts: DriverParts, order: Order, world: World, made: Made): Promise<PlanAnswer> {
  const { copy, inputs, environment } = order;
  await parts.files.write(copy.inputs, packInputs({ ...inputs, kept: keptObjects(made.plan) }), PRIVATE_FILE);
  await parts.files.write(copy.pins, packPins(world.source.providers), PRIVATE_FILE);
  const container = await packSealed(parts, copy);
  const place = placeNotes({
    tool: world.tool,
    facts: world.facts,
    working: world.working,
    environmentVariables: environment,
    secretVariables: order.request.secretVariables,
  });
  const { secretVariables } = order;
  const previewOrder = { tool: world.tool.path, copy, environment, inputs, secretVariables, place };
  const previewing = { ...parts, processes: parts.sandboxed };
  const { preview, secrets } = await previewCopy(previewing, previewOrder, made.plan);
  const blobs: readonly PlannedBlob[] = [
    { name: BLOB.plan, content: made.planBytes, readers: 'runner' },
    { name: BLOB.planDigest, content: new TextEncoder().encode(planDigest(parts.hash, made.plan)), readers: 'runner' },
    { name: BLOB.directory, content: container, readers: 'runner-and-verifier' },
    { name: BLOB.secrets, content: jsonBytes(secrets), readers: 'runner' },
  ];
  return planned({ parts, order, world, preview, check: freshPlanCheck(parts.hash, world, made.plan), blobs });
}

type Sealing = {
  readonly parts: DriverParts;
  readonly order: Order;
  readonly world: World;
  readonly preview: Preview;
  readonly check: CheckSpec;
  readonly blobs: readonly PlannedBlob[];
};

function planned({ parts, order, world, preview, check, blobs }: Sealing): PlanAnswer {
  return {
    kind: 'planned',
    tool: world.tool,
    argv: applyArguments(world.working.backend),
    environmentVariables: order.environment,
    facts: world.facts,
    preview,
    checks: [check],
    blobs,
    sourceDigest: sourceDigest(parts, world.source.sealed, order.inputs, world.working.workspace),
  };
}

function notPlanned(order: Order, failed: Extract<MadePlan, { readonly kind: 'failed' }>): Unplannable {
  const show = (text: string): string => maskText(text, order.secretVariables).replaceAll(`${order.copy.tree}/`, '');
  return {
    kind: 'unplannable',
    why: visibleLine(`${failed.step}: ${show(failed.first)}`),
    next: lacksInit(failed)
      ? `run \`${failed.step.split(' ', 1)[0]} init\` in ${visibleLine(order.request.directory)}, then propose again`
      : 'put the configuration right and propose again',
    text: visibleText(show(failed.whole)),
  };
}

// Terragrunt writes backend, providers and inputs at run time: a plan of the directory alone would be one of another world.
async function refuseTerragrunt(parts: DriverParts, directory: string): Promise<Unplannable | undefined> {
  if ((await parts.files.stat(`${directory}/terragrunt.hcl`)) === undefined) return undefined;
  return unplannable(
    `${visibleLine(directory)} is run by Terragrunt, which generates what Terraform would read`,
    'let Terragrunt generate the directory (below .terragrunt-cache, without its terragrunt.hcl), initialise it, and propose that one',
  );
}

function hostedRuns(working: WorkingDirectory): Unplannable {
  return unplannable(
    `the backend "${backendName(working)}" of ${visibleLine(working.directory)} runs Terraform itself`,
    'approve the run there: Countersign can seal only what it runs',
  );
}

function unreadableState(working: WorkingDirectory, why: string): Unplannable {
  const where = working.backend.kind === 'local' ? working.backend.statePath : `the ${working.backend.type} backend`;
  return unplannable(
    `the state in ${visibleLine(where)} can't be read: ${why}`,
    'restore the state from its backup first',
  );
}

function unplannable(why: string, next: string): Unplannable {
  return { kind: 'unplannable', why, next, text: '' };
}

/** Tells what a change is from its sources alone; what can't be read counts as empty. */
export async function identifyChange(
  parts: DriverParts,
  request: Omit<PlanRequest, 'scratch'>,
): Promise<{ readonly argv: readonly string[]; readonly sourceDigest: string }> {
  const options = planArguments(request.argv, request.directory);
  const isAccepted = options.kind === 'accepted';
  const tool = askedTool(request.argv) === 'tofu' ? ['tofu'] : [];
  const argv = isAccepted ? [...tool, ...options.planArguments, ...options.imports.map(importArgument)] : request.argv;
  const inputs = { planArguments: argv, variables: inputVariables(request.environment) };
  try {
    const working = await readWorkingDirectory(parts.files, request.directory, withoutSecrets(request));
    const found = await findSource(parts.files, working.directory, variableFilesBeside(argv));
    const sealed = await readSource(parts, working, found);
    return { argv, sourceDigest: sourceDigest(parts, sealed, inputs, working.workspace) };
  } catch (thrown) {
    // A directory that can't be sealed has an identity too: planning will say what is wrong with it.
    if (!isFailure(thrown)) throw thrown;
    return { argv, sourceDigest: sourceDigest(parts, { entries: [] }, inputs, '') };
  }
}
