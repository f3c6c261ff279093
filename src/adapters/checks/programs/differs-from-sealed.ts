/** Compares the files of a command with those that people signed. */

import type { CheckProgram } from '../../../kernel/index.ts';
import type { FoundProgram } from './find-programs.ts';

/**
 * Says in which way what would run is not what was sealed.
 *
 * @param sealed  of this check, from the manifest
 * @returns one sentence; `undefined` when every file is the sealed one
 */
export function differsFromSealed(
  sealed: readonly Omit<CheckProgram, 'check'>[],
  found: readonly FoundProgram[],
): string | undefined {
  const digests = new Map(sealed.map(({ path, sha256 }) => [path, sha256]));
  const stranger = found.find(({ path }) => !digests.has(path));
  const changed = found.find(({ path, sha256 }) => digests.has(path) && digests.get(path) !== sha256);
  const gone = sealed.find(({ path }) => !found.some((program) => program.path === path));
  if (changed !== undefined) return `${changed.path} changed since it was approved`;
  if (gone !== undefined && stranger !== undefined) {
    return `it would run ${stranger.path}: that is not ${gone.path}, which was approved`;
  }
  if (gone !== undefined) return `${gone.path} is not there any more, and was when it was approved`;
  if (stranger !== undefined) return `${stranger.path} was not sealed with what was approved`;
  return undefined;
}
