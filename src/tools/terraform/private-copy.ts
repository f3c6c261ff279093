/** The private copy that Terraform plans or runs in: never the directory itself, so that neither can change under the other. */

import type { JsonObject, Sha256Hex } from '../../kernel/index.ts';
import { packDirectory, unpackDirectory } from '../directory/packed-directory.ts';
import { readDirectory, type SealedDirectory } from '../directory/sealed-directory.ts';
import type { Source } from './find-source.ts';
import { type InstalledModules, isGit, layModules } from './lay-modules.ts';
import { refuseOutsideModules } from './module-list.ts';
import { layProviders, type PinnedProvider } from './pinned-providers.ts';
import type { TerraformParts } from './run-terraform.ts';
import type { WorkingDirectory } from './working-directory.ts';

/** Where things lie in a private copy. */
export type PrivateCopy = {
  readonly root: string;
  /** The configuration and what it needs beside it. */
  readonly base: string;
  /** The configuration itself; Terraform's working directory. */
  readonly tree: string;
  /** What the plan is made from beside the configuration. */
  readonly inputs: string;
  /** The providers that it is made with, by digest. */
  readonly pins: string;
  readonly plan: string;
  /** `terraform show -json` of the plan: values in the clear. */
  readonly planJson: string;
  /** The copy of a local state that a plan is made from. */
  readonly state: string;
};

const PRIVATE = 0o700;
const PRIVATE_FILE = 0o600;
const CONTROL_FILE_BYTES = 16 * 1024 * 1024;

/** Names the places of a copy; nothing is made. @param inside  the configuration's path in its source, `''` when it is all of it */
export function privateCopy(root: string, inside: string): PrivateCopy {
  const base = `${root}/tree`;
  return {
    root,
    base,
    tree: inside === '' ? base : `${base}/${inside}`,
    inputs: `${root}/inputs.json`,
    pins: `${root}/providers.json`,
    plan: `${root}/plan.bin`,
    planJson: `${root}/plan.json`,
    state: `${root}/state/terraform.tfstate`,
  };
}

/** Lays the sealed directory out: configuration, inputs and pins. What lay there before is gone. @throws Failure as `unpackDirectory`, `refuseOutsideModules` */
export async function laySealed(parts: TerraformParts, copy: PrivateCopy, container: Uint8Array): Promise<void> {
  for (const path of [copy.base, copy.inputs, copy.pins]) await parts.files.remove(path);
  await unpackDirectory(parts, container, copy.root);
  await refuseOutsideModules(parts.files, copy.base, copy.tree);
}

/** Copies a state's bytes: never a link, through which Terraform would write to the real one. */
export async function layState(parts: TerraformParts, copy: PrivateCopy, state: Uint8Array | undefined): Promise<void> {
  await parts.files.makeDirectory(copy.state.slice(0, copy.state.lastIndexOf('/')), PRIVATE);
  if (state !== undefined) await parts.files.write(copy.state, state, PRIVATE_FILE);
}

/** The source of a plan as it was read. */
export type SourceWorld = {
  readonly found: Source;
  /** Everything below the root that belongs to it. */
  readonly sealed: SealedDirectory;
  readonly modules: InstalledModules | undefined;
  readonly providers: readonly PinnedProvider[];
};

/** Copies the real directory and what `terraform init` prepared for it. @throws Failure as `packDirectory`, `unpackDirectory` */
export async function laySource(
  parts: TerraformParts,
  copy: PrivateCopy,
  working: WorkingDirectory,
  source: SourceWorld,
): Promise<void> {
  await parts.files.makeDirectory(copy.base, PRIVATE);
  await unpackDirectory(parts, await packDirectory(parts, source.found.root, source.sealed), copy.base);
  await layModules(parts, copy.tree, source.modules);
  const record = await parts.files.read(`${working.dataDirectory}/terraform.tfstate`, CONTROL_FILE_BYTES);
  if (record !== undefined) await parts.files.write(`${copy.tree}/.terraform/terraform.tfstate`, record, PRIVATE_FILE);
  await layProviders(parts, copy.tree, source.providers);
}

/**
 * Packs what a plan was made from into one container: the configuration as it stands in the copy, installed modules among it, the
 * inputs, and the providers by digest.
 */
export async function packSealed(parts: TerraformParts, copy: PrivateCopy): Promise<Uint8Array> {
  const leftOut = new Set([`${copy.tree}/.terraform/providers`, `${copy.tree}/terraform.tfstate.d`]);
  const sealed = await readDirectory(parts, copy.root, (path) => {
    const [top] = path.split('/', 1);
    const isOwn = top === 'tree' || path === 'inputs.json' || path === 'providers.json';
    return !isOwn || isGit(path) || leftOut.has(`${copy.root}/${path}`);
  });
  return await packDirectory(parts, copy.root, sealed);
}

/** Which parts of a real directory are no part of the change: the state, Terraform's own work, the history. */
export function skipsOf(working: WorkingDirectory): (path: string) => boolean {
  const own = new Set(stateFiles(working).filter((path) => path !== undefined));
  return (path) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (name === '.git' || name === '.terraform') return true;
    return (
      own.has(path) || /^(terraform\.tfstate(\..*)?|\.terraform\.tfstate\.lock\.info|errored\.tfstate)$/.test(path)
    );
  };
}

function stateFiles({ directory, dataDirectory, backend }: WorkingDirectory): readonly (string | undefined)[] {
  const inside = (path: string): string | undefined =>
    path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : undefined;
  if (backend.kind === 'remote') return [inside(dataDirectory)];
  const { statePath } = backend;
  const at = statePath.lastIndexOf('/');
  const lock = `${statePath.slice(0, at)}/.${statePath.slice(at + 1)}.lock.info`;
  return [dataDirectory, statePath, `${statePath}.backup`, lock].map(inside);
}

/** The digest of one file that may be absent, as a fact. */
export async function digestOf(parts: TerraformParts, path: string): Promise<Sha256Hex | null> {
  const content = await parts.files.read(path, CONTROL_FILE_BYTES);
  return content === undefined ? null : parts.hash(content);
}

/** Turns JSON into the bytes of a blob. */
export function jsonBytes(value: JsonObject | readonly string[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
