/** Compares the world with what was sealed, and names every difference (L3). */

import { compareFacts, type FactDifference, type Files, isFailure, type Manifest } from '../../kernel/index.ts';
import type { OpenedBundle } from '../../tools/index.ts';
import type { ExecutionParts } from './execution-parts.ts';

const LARGEST_TOOL_BYTES = 1024 * 1024 * 1024;

/**
 * Probes every sealed fact: the driver's own, the tool's bytes, and that the command is the sealed tool's.
 *
 * @returns every difference; empty when the world is as it was when people approved
 */
export async function probeFacts(parts: ExecutionParts, bundle: OpenedBundle): Promise<readonly FactDifference[]> {
  const { manifest } = bundle;
  const toolDifferences = await probeTool(parts, manifest);
  if (toolDifferences.length > 0) return toolDifferences;
  const { file } = parts.drivers[manifest.driver].command(bundle);
  const otherProgram: readonly FactDifference[] =
    file === manifest.tool.path ? [] : [{ name: 'tool.path', sealed: manifest.tool.path, found: file }];
  return [...otherProgram, ...(await probeDriver(parts, manifest))];
}

async function probeTool(parts: ExecutionParts, manifest: Manifest): Promise<readonly FactDifference[]> {
  const { path, digest } = manifest.tool;
  const found = await digestFile(parts, path);
  return found === digest ? [] : [{ name: 'tool.digest', sealed: digest, found }];
}

async function digestFile(
  parts: { readonly files: Files; readonly hash: ExecutionParts['hash'] },
  path: string,
): Promise<string | undefined> {
  const content = await parts.files.read(path, LARGEST_TOOL_BYTES);
  return content === undefined ? undefined : parts.hash(content);
}

async function probeDriver(parts: ExecutionParts, manifest: Manifest): Promise<readonly FactDifference[]> {
  try {
    return compareFacts(manifest.facts, await parts.drivers[manifest.driver].probe(manifest));
  } catch (thrown) {
    // A tool that is gone is a difference like any other; whatever else goes wrong stops the execution as a failure.
    if (isFailure(thrown) && thrown.code === 'TOOL_MISSING') {
      return [{ name: 'tool', sealed: manifest.tool.path, found: undefined }];
    }
    throw thrown;
  }
}
