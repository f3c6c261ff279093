/** Takes installed modules along into a private copy, with the list by which Terraform finds them there. */

import { digestJson, type HashFunction, type Sha256Hex } from '../../kernel/index.ts';
import { packDirectory, unpackDirectory } from '../directory/packed-directory.ts';
import { directoryDigest, readDirectory, type SealedDirectory } from '../directory/sealed-directory.ts';
import { type ListedModule, listText, readModuleList } from './module-list.ts';
import type { TerraformParts } from './run-terraform.ts';
import type { WorkingDirectory } from './working-directory.ts';

const PRIVATE = 0o700;
const PRIVATE_FILE = 0o600;
const LIST_NAME = 'modules.json';

/** What `terraform init` installed as modules, without their histories. */
export type InstalledModules = {
  /** Absolute. */
  readonly place: string;
  readonly sealed: SealedDirectory;
  /** As a private copy has it; `undefined` when Terraform wrote none. */
  readonly list: readonly ListedModule[] | undefined;
};

/**
 * Reads the installed modules; `undefined` when there are none.
 *
 * @param root  of what is sealed beside them
 * @throws Failure as `readDirectory`, `readModuleList`
 */
export async function readModules(
  parts: TerraformParts,
  working: WorkingDirectory,
  root: string,
): Promise<InstalledModules | undefined> {
  const place = `${working.dataDirectory}/modules`;
  if ((await parts.files.stat(place))?.kind !== 'directory') return undefined;
  const sealed = await readDirectory(parts, place, (path) => isGit(path) || path === LIST_NAME);
  const listFile = `${place}/${LIST_NAME}`;
  const isListed = (await parts.files.stat(listFile)) !== undefined;
  const list = isListed ? await readModuleList(parts.files, listFile, { ...working, root }) : undefined;
  return { place, sealed, list };
}

/**
 * Copies the installed modules.
 *
 * The list names them below the data directory as it was named then; in the copy they lie below `.terraform`, and a list that still
 * pointed to the real ones would have Terraform read what nobody sealed.
 *
 * @throws Failure as `unpackDirectory`
 */
export async function layModules(
  parts: TerraformParts,
  tree: string,
  modules: InstalledModules | undefined,
): Promise<void> {
  if (modules === undefined) return;
  const into = `${tree}/.terraform/modules`;
  await parts.files.makeDirectory(into, PRIVATE);
  await unpackDirectory(parts, await packDirectory(parts, modules.place, modules.sealed), into);
  if (modules.list === undefined) return;
  const content = new TextEncoder().encode(listText(modules.list));
  await parts.files.write(`${into}/${LIST_NAME}`, content, PRIVATE_FILE);
}

/** Names the installed modules by every byte of them and by what their list says; `null` when there are none. */
export function modulesDigest(hash: HashFunction, modules: InstalledModules | undefined): Sha256Hex | null {
  if (modules === undefined) return null;
  const { sealed, list } = modules;
  return digestJson(hash, { sealed: directoryDigest(hash, sealed), list: list === undefined ? null : listText(list) });
}

/** Tells histories: they are no part of any source. */
export function isGit(path: string): boolean {
  return path === '.git' || path.endsWith('/.git');
}
