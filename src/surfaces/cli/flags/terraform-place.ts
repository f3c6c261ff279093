/** Where a Terraform command means to plan: `-chdir=SUB` among its options names a directory below `--dir`, as it does for Terraform. */

import { relative, resolve } from 'node:path';
import { Failure, type Files, visibleLine } from '../../../kernel/index.ts';

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
  if (isOutside(directory, full)) throw leadsOut(directory, inside);
  return { directory: full, argv: argv.filter((word) => !CHDIR.test(word)) };
}

/**
 * As `terraformPlace`, and through links: what `-chdir` names must really lie below the directory, not only by its text.
 *
 * @throws Failure as `terraformPlace`
 */
export async function realTerraformPlace(
  files: Pick<Files, 'realPath'>,
  directory: string,
  argv: readonly string[],
): Promise<ReturnType<typeof terraformPlace>> {
  const place = terraformPlace(directory, argv);
  const [base, full] = [await files.realPath(directory), await files.realPath(place.directory)];
  // A directory that is not there is refused when it is proposed, by its name.
  if (base === undefined || full === undefined || !isOutside(base, full)) return place;
  throw leadsOut(directory, relative(directory, place.directory));
}

function isOutside(directory: string, full: string): boolean {
  const way = relative(directory, full);
  return way === '..' || way.startsWith('../');
}

function leadsOut(directory: string, inside: string): Failure {
  return unusable(
    directory,
    `${visibleLine(inside)} leads out of ${visibleLine(directory)}: name the directory with --dir`,
  );
}

function unusable(directory: string, hint: string): Failure {
  return new Failure('USAGE', "the option -chdir can't be followed", { hint, where: visibleLine(directory) });
}
