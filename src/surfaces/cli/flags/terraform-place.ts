/** Where a Terraform command means to plan: `-chdir=SUB` among its options names a directory below `--dir`, as it does for Terraform. */

import { relative, resolve } from 'node:path';
import { Failure, visibleLine } from '../../../kernel/index.ts';

const CHDIR = /^--?chdir(?:=([\s\S]*))?$/;

/**
 * Takes `-chdir` out of the options and follows it.
 *
 * @param directory  absolute: what `--dir` names
 * @throws Failure `USAGE` when it has no value, is given twice, or leads out of the directory
 */
export function terraformPlace(
  directory: string,
  argv: readonly string[],
): { readonly directory: string; readonly argv: readonly string[] } {
  const named = argv.flatMap((word) => {
    const match = CHDIR.exec(word);
    return match === null ? [] : [match[1] ?? ''];
  });
  const [inside, ...others] = named;
  if (inside === undefined) return { directory, argv };
  if (inside === '' || others.length > 0) throw unusable(directory, 'it is given once, as -chdir=SUB');
  const full = resolve(directory, inside);
  const way = relative(directory, full);
  if (way === '..' || way.startsWith('../')) {
    throw unusable(
      directory,
      `${visibleLine(inside)} leads out of ${visibleLine(directory)}: name the directory with --dir`,
    );
  }
  return { directory: full, argv: argv.filter((word) => !CHDIR.test(word)) };
}

function unusable(directory: string, hint: string): Failure {
  return new Failure('USAGE', "the option -chdir can't be followed", { hint, where: visibleLine(directory) });
}
