/** Takes installed modules along into a private copy, with the list by which Terraform finds them there. */

import { resolve } from 'node:path';
import { z } from 'zod';
import { packDirectory, unpackDirectory } from '../directory/packed-directory.ts';
import { readDirectory } from '../directory/sealed-directory.ts';
import type { TerraformParts } from './run-terraform.ts';
import type { WorkingDirectory } from './working-directory.ts';

const PRIVATE = 0o700;
const PRIVATE_FILE = 0o600;
const LARGEST_LIST_BYTES = 16 * 1024 * 1024;
/** Terraform's own list; what else an entry says is kept as it came. */
const LIST = z.looseObject({ Modules: z.array(z.looseObject({ Dir: z.string() })) });

/**
 * Copies what `terraform init` installed as modules, without their histories.
 *
 * The list names installed modules below the data directory as it was named then; in the copy they lie below `.terraform`, and a
 * list that still pointed to the real ones would have Terraform read what nobody sealed.
 *
 * @throws Failure as `readDirectory`, `unpackDirectory`
 */
export async function layModules(parts: TerraformParts, tree: string, working: WorkingDirectory): Promise<void> {
  const modules = `${working.dataDirectory}/modules`;
  if ((await parts.files.stat(modules))?.kind !== 'directory') return;
  const sealed = await readDirectory(parts, modules, isGit);
  const into = `${tree}/.terraform/modules`;
  await parts.files.makeDirectory(into, PRIVATE);
  await unpackDirectory(parts, await packDirectory(parts, modules, sealed), into);
  await moveList(parts, `${into}/modules.json`, working);
}

async function moveList(parts: TerraformParts, path: string, working: WorkingDirectory): Promise<void> {
  const list = LIST.safeParse(parseJson(await parts.files.read(path, LARGEST_LIST_BYTES))).data;
  // A list that can't be read is Terraform's to complain of: it says so in its own words when it plans.
  if (list === undefined) return;
  const Modules = list.Modules.map((entry) => ({ ...entry, Dir: moved(entry.Dir, working) }));
  const content = new TextEncoder().encode(JSON.stringify({ ...list, Modules }));
  await parts.files.remove(path);
  await parts.files.write(path, content, PRIVATE_FILE);
}

function moved(listed: string, { directory, dataDirectory }: WorkingDirectory): string {
  const full = resolve(directory, listed);
  return full.startsWith(`${dataDirectory}/`) ? `.terraform/${full.slice(dataDirectory.length + 1)}` : listed;
}

function parseJson(content: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(content));
  } catch {
    return undefined;
  }
}

/** Tells histories: they are no part of any source. */
export function isGit(path: string): boolean {
  return path === '.git' || path.endsWith('/.git');
}
