/** Finds which files of a Terraform change are not as they were sealed, once a digest over all of them says that some are not. */

import { posix } from 'node:path';
import type { ChangedPath } from '../../kernel/index.ts';
import { compareDirectories } from '../directory/compare-directories.ts';
import { listPacked } from '../directory/packed-directory.ts';
import type { SealedEntry } from '../directory/sealed-directory.ts';
import type { OpenedBundle } from '../driver.ts';
import { findSource } from './find-source.ts';
import { readModules } from './lay-modules.ts';
import { listText } from './module-list.ts';
import type { TerraformParts } from './run-terraform.ts';
import { BLOB, sealedBlob } from './sealed-inputs.ts';
import {
  FACT,
  readSource,
  SOURCE_FACT,
  sealedText,
  sealedVariableFiles,
  sealedWorkingDirectory,
} from './world-facts.ts';

const TREE = 'tree/';
const DATA = '.terraform';
const MODULES = '.terraform/modules/';

/**
 * Compares the sealed files with those that lie there now.
 *
 * @param facts  names of the facts that differ
 * @returns for each of them that is about files, what changed, appeared or went; relative to the configuration
 * @throws Failure as `findSource`, `readDirectory`, `readModules` when the present files can't be read
 */
export async function changedFiles(
  parts: TerraformParts,
  bundle: OpenedBundle,
  facts: readonly string[],
): Promise<Readonly<Record<string, readonly ChangedPath[]>>> {
  const { manifest } = bundle;
  const working = sealedWorkingDirectory(manifest);
  const found = await findSource(parts.files, working.directory, sealedVariableFiles(manifest));
  const sealed = relativeTo(
    sealedText(manifest, FACT.inside),
    listPacked(parts, sealedBlob(bundle.blobs, BLOB.directory)).entries.flatMap((entry) => within(TREE, entry)),
  );
  const changed: Record<string, readonly ChangedPath[]> = {};
  if (facts.includes(SOURCE_FACT.directory)) {
    const source = relativeTo(found.inside, (await readSource(parts, working, found)).entries);
    changed[SOURCE_FACT.directory] = compareDirectories(sealed.filter(isSource), source);
  }
  if (facts.includes(SOURCE_FACT.modules)) {
    const modules = await readModules(parts, working, found.root);
    const list = modules?.list === undefined ? [] : [listEntry(parts, listText(modules.list))];
    const installed = [...(modules?.sealed.entries ?? []), ...list].map((entry) => moved(entry, MODULES + entry.path));
    changed[SOURCE_FACT.modules] = compareDirectories(
      sealed.filter(({ path }) => path.startsWith(MODULES)),
      installed,
    );
  }
  return changed;
}

function isSource({ path }: SealedEntry): boolean {
  return path !== DATA && !path.startsWith(`${DATA}/`);
}

// People and Terraform name files from where the configuration is; what lies beside it is sealed below a root further up.
function relativeTo(inside: string, entries: readonly SealedEntry[]): readonly SealedEntry[] {
  return entries
    .filter(({ path }) => path !== inside && !inside.startsWith(`${path}/`))
    .map((entry) => moved(entry, posix.relative(inside, entry.path)));
}

function within(prefix: string, entry: SealedEntry): readonly SealedEntry[] {
  return entry.path.startsWith(prefix) ? [moved(entry, entry.path.slice(prefix.length))] : [];
}

function moved(entry: SealedEntry, path: string): SealedEntry {
  return { ...entry, path };
}

// In a private copy the list stands as Terraform is to read it there.
function listEntry({ hash }: TerraformParts, text: string): SealedEntry {
  const content = new TextEncoder().encode(text);
  return {
    kind: 'file',
    path: 'modules.json',
    digest: hash(content),
    sizeBytes: content.byteLength,
    isExecutable: false,
  };
}
