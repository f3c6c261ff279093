/** Files of variables that a change is planned with: each must be one that is sealed, or what was approved is not what is read later. */

import { relative, resolve } from 'node:path';
import { Failure, type Files, visibleLine } from '../../kernel/index.ts';
import { isNoSource } from './find-source.ts';
import { isWithin } from './is-within.ts';
import { skipsOf } from './private-copy.ts';
import type { WorkingDirectory } from './working-directory.ts';

/**
 * Refuses what no private copy would hold: a file in a place that sealing leaves out, by its path or through a link; and beside the
 * directory whatever is no plain file.
 *
 * @param paths  relative to the directory, as `planArguments` spells them; what is not there Terraform tells
 * @throws Failure `CONFIG_INVALID`
 */
export async function refuseUnsealedFiles(
  files: Files,
  working: WorkingDirectory,
  paths: readonly string[],
): Promise<void> {
  const { directory } = working;
  for (const path of paths) {
    const full = resolve(directory, path);
    if (isLeftOut(working, full)) throw leftOut(full, directory);
    const kind = (await files.stat(full))?.kind;
    if (kind === undefined) continue;
    const isBeside = !isWithin(full, directory);
    if (isBeside && kind !== 'file') throw noFile(full, `is a ${kind}, and no file of variables`, directory);
    const real = await files.realPath(full);
    if (real === undefined || real === full) continue;
    if (isBeside) throw noFile(full, `lies behind a link, in ${visibleLine(real)}`, directory);
    if (isLeftOut(working, real)) throw leftOut(real, directory);
  }
}

function isLeftOut(working: WorkingDirectory, path: string): boolean {
  const inside = relative(working.directory, path);
  const isSkipped = isWithin(path, working.directory) ? skipsOf(working) : isNoSource;
  const segments = inside.split('/');
  return segments.some((_, index) => isSkipped(segments.slice(0, index + 1).join('/')));
}

function leftOut(path: string, directory: string): Failure {
  return noFile(path, 'lies where nothing is sealed', directory);
}

function noFile(path: string, why: string, directory: string): Failure {
  return new Failure('CONFIG_INVALID', `${visibleLine(path)} ${why}`, {
    hint: 'name a file of variables that lies in the repository itself, outside of .git, .terraform and states',
    where: visibleLine(directory),
  });
}
