/** Reads the facts that bind a plan to its world, when it is sealed and again right before it runs (L3, L15). */

import { z } from 'zod';
import {
  digestJson,
  type Fact,
  Failure,
  type Json,
  type JsonObject,
  type Manifest,
  placeFact,
  type ToolIdentity,
} from '../../kernel/index.ts';
import { directoryDigest, readDirectory, type SealedDirectory } from '../directory/sealed-directory.ts';
import type { OpenedBundle } from '../driver.ts';
import { backendPlace } from './backend-place.ts';
import { findSource, type Source, skipsBeside } from './find-source.ts';
import { modulesDigest, readModules } from './lay-modules.ts';
import { providersDigest, readProviders } from './pinned-providers.ts';
import { digestOf, type PrivateCopy, privateCopy, type SourceWorld, skipsOf } from './private-copy.ts';
import { readState, type StateReading } from './read-state.ts';
import { isDone, runTerraform, type TerraformParts } from './run-terraform.ts';
import type { WorkingDirectory } from './working-directory.ts';

/** The world as it was read, with the bytes that the facts are about. */
export type World = {
  readonly tool: ToolIdentity;
  readonly working: WorkingDirectory;
  readonly source: SourceWorld;
  readonly stateBytes: Uint8Array | undefined;
  readonly state: StateReading;
  readonly facts: readonly Fact[];
};

/** Which world is to be read. */
export type WorldBinding = {
  readonly tool: ToolIdentity;
  readonly working: WorkingDirectory;
  readonly environment: Readonly<Record<string, string>>;
  /** Files of variables beside the directory, relative to it. */
  readonly variableFiles: readonly string[];
};

/** Names of the facts that other parts of this folder read back from a manifest. */
export const FACT = {
  backendType: 'terraform.backend.type',
  backendPath: 'terraform.backend.path',
  workspace: 'terraform.workspace',
  directory: 'terraform.directory',
  dataDirectory: 'terraform.directory.data',
  /** The directory's path in its source: where in the private copy Terraform runs. */
  inside: 'terraform.directory.inside',
  /** Files of variables beside the directory that the change is planned with; no such fact where there are none. */
  variableFiles: 'terraform.directory.variable-files',
  lineage: 'terraform.state.lineage',
  serial: 'terraform.state.serial',
} as const;

/** Names of the facts that say what a change is planned from. */
export const SOURCE_FACT = {
  directory: 'terraform.directory.digest',
  lock: 'terraform.lock.digest',
  modules: 'terraform.modules.digest',
  providers: 'terraform.providers.digest',
} as const;

const LARGEST_STATE_BYTES = 192 * 1024 * 1024;
const PATHS = z.array(z.string());

/**
 * Reads the world. A missing state is a value of its own (lineage '', serial 0, no digest): Terraform itself runs a plan that
 * was made for an empty state against any other empty one.
 *
 * @throws Failure `TOOL_FAILED` when a remote state can't be asked for; `CONFIG_INVALID` as `findSource`
 */
export async function readWorld(
  parts: TerraformParts,
  { tool, working, environment, variableFiles }: WorldBinding,
): Promise<World> {
  const found = await findSource(parts.files, working.directory, variableFiles);
  const sealed = await readSource(parts, working, found);
  const modules = await readModules(parts, working, found.root);
  const providers = await readProviders(parts, working.dataDirectory);
  const stateBytes = await readStateBytes(parts, { tool, working, environment });
  const state = readState(stateBytes);
  const known = state.kind === 'read' ? state : { lineage: '', serial: 0 };
  const stateDigest = stateBytes === undefined ? null : parts.hash(stateBytes);
  const facts: readonly Fact[] = [
    binding(FACT.backendType, working.backend.kind === 'local' ? 'local' : working.backend.type),
    binding(FACT.backendPath, working.backend.kind === 'local' ? working.backend.statePath : working.backend.identity),
    binding(FACT.workspace, working.workspace),
    placeFact(backendPlace(working)),
    binding(FACT.directory, working.directory),
    binding(FACT.dataDirectory, working.dataDirectory),
    binding(FACT.inside, found.inside),
    ...(variableFiles.length === 0 ? [] : [binding(FACT.variableFiles, variableFiles)]),
    version(FACT.lineage, known.lineage),
    version(FACT.serial, known.serial),
    version('terraform.state.digest', stateDigest),
    version(SOURCE_FACT.directory, directoryDigest(parts.hash, sealed)),
    version(SOURCE_FACT.lock, await digestOf(parts, `${working.directory}/.terraform.lock.hcl`)),
    version(SOURCE_FACT.modules, modulesDigest(parts.hash, modules)),
    version(SOURCE_FACT.providers, providersDigest(parts.hash, providers)),
    version('tool.path', tool.path),
    version('tool.digest', tool.digest),
    version('tool.version', tool.version),
  ];
  return { tool, working, source: { found, sealed, modules, providers }, stateBytes, state, facts };
}

/** Reads what the change is made of: the directory and what it needs beside it, without state, history and Terraform's own work. @throws Failure as `readDirectory` */
export async function readSource(
  parts: TerraformParts,
  working: WorkingDirectory,
  found: Source,
): Promise<SealedDirectory> {
  return await readDirectory(parts, found.root, skipsBeside(found, skipsOf(working)));
}

/** Where to ask for a state. */
export type StateSource = {
  readonly tool: Pick<ToolIdentity, 'path'>;
  readonly working: WorkingDirectory;
  readonly environment: Readonly<Record<string, string>>;
};

/** The bytes of a state; `undefined` when there is none. @throws Failure `TOOL_FAILED` when a remote one can't be asked for */
export async function readStateBytes(parts: TerraformParts, source: StateSource): Promise<Uint8Array | undefined> {
  const { tool, working, environment } = source;
  if (working.backend.kind === 'local') return await parts.files.read(working.backend.statePath, LARGEST_STATE_BYTES);
  const asked = {
    processes: parts.processes,
    tool: tool.path,
    directory: working.directory,
    environment: { ...environment, TF_DATA_DIR: working.dataDirectory, TF_WORKSPACE: working.workspace },
  };
  const pulled = await runTerraform(asked, ['state', 'pull']);
  if (isDone(pulled)) return pulled.stdout.byteLength === 0 ? undefined : pulled.stdout;
  throw new Failure('TOOL_FAILED', `the ${working.backend.type} backend does not give its state`, {
    hint: 'run `terraform state pull` in the directory to see why',
    where: working.directory,
  });
}

/** A sealed fact's value. @throws Failure `BLOB_CORRUPT` when the manifest has none of that name */
export function sealedFact(manifest: Pick<Manifest, 'facts' | 'proposal'>, name: string): Json {
  const fact = manifest.facts.find((candidate) => candidate.name === name);
  if (fact !== undefined) return fact.value;
  throw new Failure('BLOB_CORRUPT', `the bundle of ${manifest.proposal} lacks the fact ${name}`, {
    hint: 'propose the change again',
    where: manifest.proposal,
  });
}

/** A sealed fact that is text. @throws Failure `BLOB_CORRUPT` when it is missing or something else */
export function sealedText(manifest: Pick<Manifest, 'facts' | 'proposal'>, name: string): string {
  const value = sealedFact(manifest, name);
  if (typeof value === 'string') return value;
  throw new Failure('BLOB_CORRUPT', `the fact ${name} of ${manifest.proposal} is not text`, {
    hint: 'propose the change again',
    where: manifest.proposal,
  });
}

/** Files of variables beside the directory that a bundle was planned with. @throws Failure `BLOB_CORRUPT` when the fact is no list of paths */
export function sealedVariableFiles(manifest: Pick<Manifest, 'facts' | 'proposal'>): readonly string[] {
  if (!manifest.facts.some(({ name }) => name === FACT.variableFiles)) return [];
  const paths = PATHS.safeParse(sealedFact(manifest, FACT.variableFiles)).data;
  if (paths !== undefined) return paths;
  throw new Failure('BLOB_CORRUPT', `the fact ${FACT.variableFiles} of ${manifest.proposal} is no list of paths`, {
    hint: 'propose the change again',
    where: manifest.proposal,
  });
}

function sealedIdentity(manifest: Manifest): JsonObject {
  const value = sealedFact(manifest, FACT.backendPath);
  // A readonly array is an object, too, and was not taken out of the union by Array.isArray.
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new Failure('BLOB_CORRUPT', `the fact ${FACT.backendPath} of ${manifest.proposal} identifies no backend`, {
    hint: 'propose the change again',
    where: manifest.proposal,
  });
}

/** The private copy of a bundle. @throws Failure `BLOB_CORRUPT` */
export function bundleCopy(bundle: OpenedBundle): PrivateCopy {
  return privateCopy(bundle.runDirectory, sealedText(bundle.manifest, FACT.inside));
}

/** The binding as the bundle was sealed with it. @throws Failure `BLOB_CORRUPT` */
export function sealedWorkingDirectory(manifest: Manifest): WorkingDirectory {
  const type = sealedText(manifest, FACT.backendType);
  return {
    directory: sealedText(manifest, FACT.directory),
    dataDirectory: sealedText(manifest, FACT.dataDirectory),
    workspace: sealedText(manifest, FACT.workspace),
    backend:
      type === 'local'
        ? { kind: 'local', statePath: sealedText(manifest, FACT.backendPath) }
        : { kind: 'remote', type, identity: sealedIdentity(manifest) },
  };
}

/** Digest of what a change is made of: the configuration, its inputs, the workspace. */
export function sourceDigest(
  parts: TerraformParts,
  sealed: SealedDirectory,
  inputs: { readonly planArguments: readonly string[]; readonly variables: Readonly<Record<string, string>> },
  workspace: string,
): string {
  return digestJson(parts.hash, {
    directory: directoryDigest(parts.hash, sealed),
    planArguments: inputs.planArguments,
    variables: inputs.variables,
    workspace,
  });
}

function binding(name: string, value: Json): Fact {
  return { name, role: 'binding', value };
}

function version(name: string, value: Json): Fact {
  return { name, role: 'version', value };
}
