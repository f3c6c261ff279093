/**
 * Terraform's own list of modules: by it Terraform finds what it reads, so it may lead to nothing that is not sealed.
 *
 * Only the members that Terraform writes are kept: it reads names in any case, and the last one counts.
 */

import { relative, resolve } from 'node:path';
import { z } from 'zod';
import { Failure, type Files, visibleLine } from '../../kernel/index.ts';
import { isWithin } from './is-within.ts';
import type { WorkingDirectory } from './working-directory.ts';

const LARGEST_LIST_BYTES = 16 * 1024 * 1024;

const MEMBERS = { Key: z.string(), Source: z.string().optional(), Version: z.string().optional(), Dir: z.string() };
const ENTRY = z.object(MEMBERS);
const LIST = z.object({ Modules: z.array(ENTRY) });
/** As a copy has it: whatever else stood there, Terraform might read as another place than the one that is looked at. */
const SEALED_LIST = z.strictObject({ Modules: z.array(z.strictObject(MEMBERS)) });

/** One module of the list; `Dir` as Terraform finds it from the directory that it runs in. */
export type ListedModule = {
  readonly Key: string;
  readonly Source?: string | undefined;
  readonly Version?: string | undefined;
  readonly Dir: string;
};

/** Where the modules of a list may lie. */
export type ModulePlaces = Pick<WorkingDirectory, 'directory' | 'dataDirectory'> & {
  /** The root of what is sealed beside the installed modules; absolute. */
  readonly root: string;
};

/**
 * Reads the list as a private copy has it, by key: every `Dir` is relative, and leads to what the copy holds.
 *
 * @throws Failure `CONFIG_INVALID` when a module lies where nothing is sealed, or the list can't be read
 */
export async function readModuleList(
  files: Files,
  path: string,
  places: ModulePlaces,
): Promise<readonly ListedModule[]> {
  const { Modules } = await parseList(files, path, LIST);
  const moved = Modules.map((entry) => ({ ...entry, Dir: movedDirectory(entry, places) }));
  return moved.sort((left, right) => (left.Key < right.Key ? -1 : 1));
}

/** Refuses a copy whose list leads out of it. @param base  of the copy; @param tree  where Terraform runs in it @throws Failure `CONFIG_INVALID` */
export async function refuseOutsideModules(files: Files, base: string, tree: string): Promise<void> {
  const path = `${tree}/.terraform/modules/modules.json`;
  if ((await files.stat(path)) === undefined) return;
  const { Modules } = await parseList(files, path, SEALED_LIST);
  for (const entry of Modules) if (!isWithin(resolve(tree, entry.Dir), base)) throw outside(entry);
}

/** The bytes of a list. */
export function listText(modules: readonly ListedModule[]): string {
  return JSON.stringify({ Modules: modules });
}

async function parseList(
  files: Files,
  path: string,
  shape: typeof LIST | typeof SEALED_LIST,
): Promise<z.infer<typeof LIST>> {
  const list = shape.safeParse(parseJson(await files.read(path, LARGEST_LIST_BYTES))).data;
  if (list === undefined) throw unreadable(path);
  return list;
}

function movedDirectory(entry: ListedModule, { directory, dataDirectory, root }: ModulePlaces): string {
  const full = resolve(directory, entry.Dir);
  if (isWithin(full, dataDirectory)) return `.terraform${full.slice(dataDirectory.length)}`;
  if (isWithin(full, root)) return relative(directory, full) || '.';
  throw outside(entry);
}

function parseJson(content: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(content));
  } catch {
    // No JSON has the shape of a list: the caller names the file.
    return undefined;
  }
}

function outside({ Key, Dir }: ListedModule): Failure {
  return new Failure(
    'CONFIG_INVALID',
    `the module ${visibleLine(Key)} is read from ${visibleLine(Dir)}, which is no part of what is sealed`,
    {
      hint: 'move it into the repository of the configuration, or remove .terraform/modules and run `terraform init`; then propose again',
      where: visibleLine(Dir),
    },
  );
}

function unreadable(path: string): Failure {
  return new Failure('CONFIG_INVALID', `Terraform's list of modules can't be read: ${visibleLine(path)}`, {
    hint: 'remove .terraform/modules and run `terraform init`, then propose again',
    where: visibleLine(path),
  });
}
