/** Compares the world with what was sealed, and names every difference (L3). */

import {
  type ChangedPath,
  compareFacts,
  type FactDifference,
  isFailure,
  type Manifest,
  visibleLine,
} from '../../kernel/index.ts';
import type { OpenedBundle } from '../../tools/index.ts';
import type { ExecutionParts } from './execution-parts.ts';

const TOOL_FACT = 'tool.digest';
const MOST_PATHS = 10;
const LARGEST_TOOL_BYTES = 1024 * 1024 * 1024;

/**
 * Probes every sealed fact: the driver's own, the tool's bytes, and that the command is the sealed tool's.
 *
 * @returns every difference; empty when the world is as it was when people approved
 */
export async function probeFacts(parts: ExecutionParts, bundle: OpenedBundle): Promise<readonly FactDifference[]> {
  const { manifest } = bundle;
  const path = toolPath(bundle);
  const tool = await probeTool(parts, bundle, path);
  if (tool.length > 0) return tool;
  const { file } = parts.drivers[manifest.driver].command(bundle);
  const otherProgram: readonly FactDifference[] =
    file === path ? [] : [{ name: 'tool.path', sealed: path, found: file }];
  return [...otherProgram, ...(await probeDriver(parts, bundle))];
}

/**
 * Compares the bytes of the program that a manifest names with what was sealed, by reading them and without running anything.
 *
 * A program inside the sealed directory is looked at once its private copy is there.
 */
export async function probeNamedTool(parts: ExecutionParts, manifest: Manifest): Promise<readonly FactDifference[]> {
  const { path, digest } = manifest.tool;
  if (path.startsWith('{run}/')) return [];
  const found = await parts.files.digest(path, LARGEST_TOOL_BYTES);
  return found === digest ? [] : [namingProgram({ name: TOOL_FACT, sealed: digest, found }, path)];
}

async function probeTool(
  parts: ExecutionParts,
  { manifest }: OpenedBundle,
  path: string,
): Promise<readonly FactDifference[]> {
  const sealed = manifest.tool.digest;
  const { facts } = manifest;
  // A driver that sealed the digest as a fact of its own reads the program anyway, and large ones are not read twice.
  const isFact = path === manifest.tool.path && facts.some((fact) => fact.name === TOOL_FACT && fact.value === sealed);
  if (isFact) return [];
  const found = await parts.files.digest(path, LARGEST_TOOL_BYTES);
  return found === sealed ? [] : [namingProgram({ name: TOOL_FACT, sealed, found }, manifest.tool.path)];
}

// Two digests tell nobody which program to look at.
function namingProgram(difference: FactDifference, path: string): FactDifference {
  if (difference.name !== TOOL_FACT) return difference;
  const change = difference.found === undefined ? 'gone' : 'changed';
  return { ...difference, paths: [{ path: visibleLine(path), change }] };
}

// A program that was sealed with the directory is run from the private copy, and it is those bytes that are looked at.
function toolPath({ manifest, runDirectory }: OpenedBundle): string {
  const { path } = manifest.tool;
  return path.startsWith('{run}/') ? `${runDirectory}${path.slice('{run}'.length)}` : path;
}

async function probeDriver(parts: ExecutionParts, bundle: OpenedBundle): Promise<readonly FactDifference[]> {
  const { manifest, blobs } = bundle;
  try {
    const found = await parts.drivers[manifest.driver].probe(manifest, blobs);
    const differences = compareFacts(manifest.facts, found);
    const files = await filesOf(parts, bundle, differences);
    return differences.map((one) => namingFiles(namingProgram(one, manifest.tool.path), files[one.name] ?? []));
  } catch (thrown) {
    // A tool that is gone is a difference like any other; whatever else goes wrong stops the execution as a failure.
    if (isFailure(thrown) && thrown.code === 'TOOL_MISSING') {
      return [{ name: 'tool', sealed: manifest.tool.path, found: undefined }];
    }
    throw thrown;
  }
}

async function filesOf(
  parts: ExecutionParts,
  bundle: OpenedBundle,
  differences: readonly FactDifference[],
): Promise<Readonly<Record<string, readonly ChangedPath[]>>> {
  const names = differences.map(({ name }) => name);
  if (names.length === 0) return {};
  try {
    return (await parts.drivers[bundle.manifest.driver].changedFiles?.(bundle, names)) ?? {};
  } catch (thrown) {
    // That they differ is certain already, and it stops the execution: it does so whether or not the files can be named.
    if (isFailure(thrown)) return {};
    throw thrown;
  }
}

function namingFiles(difference: FactDifference, files: readonly ChangedPath[]): FactDifference {
  if (files.length === 0) return difference;
  const paths = files.slice(0, MOST_PATHS);
  const more = files.length - paths.length;
  return { ...difference, paths, ...(more === 0 ? {} : { morePaths: more }) };
}
