/** Plans a repair: looks whether it can be made, and gathers what is to be sealed. Nothing is changed. */

import type { Processes } from '../../../kernel/index.ts';
import type { PlanAnswer, PlannedBlob, PlanRequest } from '../../driver.ts';
import { identityFacts } from '../../identity/identity-facts.ts';
import { chooseTool } from '../choose-tool.ts';
import { packPins } from '../pinned-providers.ts';
import { placeNotes } from '../place-notes.ts';
import { jsonBytes, laySource, packSealed, privateCopy } from '../private-copy.ts';
import { identifyTool } from '../run-terraform.ts';
import { BLOB, packInputs } from '../sealed-inputs.ts';
import { secretPlace } from '../secret-place.ts';
import { secretTexts } from '../sensitive-values.ts';
import { hiddenArguments, terraformEnvironment, withoutSecrets } from '../terraform-environment.ts';
import { readWorkingDirectory } from '../working-directory.ts';
import { readStateBytes, readWorld, type World } from '../world-facts.ts';
import { type Examined, examineRepair, type RepairParts } from './examine-repair.ts';
import { REPAIR_BLOB, type RepairWish, repairArguments, repairFacts } from './repair.ts';
import { repairPreview } from './repair-preview.ts';
import { stateCheck } from './state-check.ts';

/** What planning a repair works with; `searchPath` and `sandboxed` as in every plan. */
export type PlanRepairParts = PlaceParts & { readonly sandboxed: Processes };

/** What reading a place works with. */
type PlaceParts = RepairParts & { readonly searchPath: string };

type Possible = Extract<Examined, { readonly kind: 'possible' }>;

const PRIVATE_FILE = 0o600;

/** Plans. @throws Failure as `planProposal`, and `STORE_UNREADABLE` of the runner's ledger */
export async function planRepair(parts: PlanRepairParts, request: PlanRequest, wish: RepairWish): Promise<PlanAnswer> {
  const { recovers } = request;
  if (recovers === undefined) {
    const why = 'a change of the state alone is a recovery, and this one says nothing of what it recovers';
    return unplannable(why, 'countersign recover ID shows what can be recovered, and proposes it');
  }
  const hidden = hiddenArguments(request.environment);
  if (hidden.length > 0) {
    return unplannable(`${hidden.join(', ')} in the environment adds arguments that nobody sees`, 'unset it');
  }
  const working = await readWorkingDirectory(parts.files, request.directory, withoutSecrets(request));
  const secret = secretPlace(working, request.secretVariables);
  if (secret !== undefined) return unplannable(secret.why, secret.next);
  const { environment, world: found } = await readPlace(parts, request);
  const world = await identified(parts, request, { environment, world: found });
  const examined = await examineRepair(parts, { world, environment, held: recovers }, wish);
  if (examined.kind === 'impossible') return unplannable(examined.why, examined.next);
  return await sealRepair(parts, request, { world, environment, examined });
}

/** The place that a recovery is about, as it is now. */
export async function readPlace(
  parts: PlaceParts,
  request: Pick<PlanRequest, 'directory' | 'environment' | 'secretVariables'>,
): Promise<{ readonly environment: Readonly<Record<string, string>>; readonly world: World }> {
  const given = terraformEnvironment(request.environment, parts.searchPath);
  const tool = await identifyTool(parts, await chooseTool(parts, { argv: [], directory: request.directory }), given);
  const working = await readWorkingDirectory(parts.files, request.directory, withoutSecrets(request));
  const environment = { ...given, TF_WORKSPACE: working.workspace };
  return { environment, world: await readWorld(parts, { tool, working, environment, variableFiles: [] }) };
}

// A repair runs no provider, so that no setting of one can name other credentials; a backend's own may, as for every plan.
async function identified(
  parts: PlanRepairParts,
  { secretVariables }: PlanRequest,
  { environment, world }: { readonly environment: Readonly<Record<string, string>>; readonly world: World },
): Promise<World> {
  const asking = { ...parts, processes: parts.sandboxed };
  const identities = await identityFacts(asking, { variables: environment, secretVariables }, new Map());
  return { ...world, facts: [...world.facts, ...identities] };
}

type Sealing = {
  readonly world: World;
  readonly environment: Readonly<Record<string, string>>;
  readonly examined: Possible;
};

async function sealRepair(
  parts: PlanRepairParts,
  request: PlanRequest,
  { world, environment, examined }: Sealing,
): Promise<PlanAnswer> {
  const { repair, own, errored } = examined;
  const secretVariables = secretTexts(request.secretVariables.map((name) => request.environment[name] ?? ''));
  const facts = repairFacts(world, repair, own);
  const states = [...named(REPAIR_BLOB.present, world.stateBytes), ...named(REPAIR_BLOB.errored, errored)];
  const place = placeNotes({
    tool: world.tool,
    facts,
    working: world.working,
    environmentVariables: environment,
    secretVariables: request.secretVariables,
  });
  const blobs = new Map(states.map(({ name, content }) => [name, content]));
  return {
    kind: 'planned',
    tool: world.tool,
    argv: repairArguments(repair, world.working.backend),
    environmentVariables: environment,
    facts,
    preview: repairPreview(parts.hash, { repair, facts, blobs, place, secrets: secretVariables }),
    checks: [stateCheck(world, repair)],
    blobs: [
      { name: BLOB.directory, content: await packPlace(parts, request, world), readers: 'runner-and-verifier' },
      { name: BLOB.secrets, content: jsonBytes([]), readers: 'runner' },
      ...states,
    ],
    sourceDigest: await repairDigest(parts, request),
  };
}

/** The configuration with the record of its backend; Terraform wants its providers there, though a repair runs none of them. */
async function packPlace(parts: PlanRepairParts, request: PlanRequest, world: World): Promise<Uint8Array> {
  const copy = privateCopy(request.scratch, world.source.found.inside);
  await laySource(parts, copy, world.working, { ...world.source, providers: [] });
  await parts.files.write(copy.inputs, packInputs({ planArguments: [], variables: {}, kept: [] }), PRIVATE_FILE);
  await parts.files.write(copy.pins, packPins(world.source.providers), PRIVATE_FILE);
  return await packSealed(parts, copy);
}

/** Tells a repair from one that was asked for when the state was another. @throws Failure `TOOL_MISSING`, `TOOL_FAILED`, `CONFIG_INVALID` */
export async function repairDigest(parts: PlanRepairParts, request: Omit<PlanRequest, 'scratch'>): Promise<string> {
  const { recovers, directory } = request;
  const working = await readWorkingDirectory(parts.files, directory, withoutSecrets(request));
  const environment = terraformEnvironment(request.environment, parts.searchPath);
  const path = await chooseTool(parts, { argv: [], directory: request.directory });
  const state = await readStateBytes(parts, { tool: { path }, working, environment });
  const digest = state === undefined ? '' : parts.hash(state);
  return parts.hash(JSON.stringify([directory, request.argv, recovers?.bundleDigest ?? '', digest]));
}

function named(name: string, content: Uint8Array | undefined): readonly PlannedBlob[] {
  return content === undefined ? [] : [{ name, content, readers: 'runner' }];
}

function unplannable(why: string, next: string): PlanAnswer {
  return { kind: 'unplannable', why, next, text: '' };
}
