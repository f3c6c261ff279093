/**
 * Refuses a program that others could replace, where no person approved this very change.
 *
 * A standing grant approves a kind of change beforehand; the bundle under it bears nobody's signature. Whoever may write the
 * record could seal a program of their own into one: it has to be one that only root or the runner's account could have put there.
 */

import type { Manifest, Refusal } from '../../kernel/index.ts';
import type { Authorised } from './check-authority.ts';
import type { ExecutionParts } from './execution-parts.ts';

/** Says why a granted execution may not run the program that its bundle names; `undefined` when it may, or people approved it. */
export async function refuseExposedProgram(
  parts: Pick<ExecutionParts, 'programs' | 'account'>,
  manifest: Manifest,
  { grant }: Authorised,
): Promise<Refusal | undefined> {
  if (grant === undefined) return undefined;
  const { path } = manifest.tool;
  const why = isWithin(path, manifest.directory)
    ? { path, why: 'lies in the working directory of the change' }
    : await parts.programs.exposure(path);
  if (why === undefined) return undefined;
  return {
    kind: 'refused',
    code: 'POLICY',
    what: `the program ${path}`,
    where: why.path,
    why: `it rests on the standing grant ${grant.name} and on no person's look, and ${why.path} ${why.why}`,
    next: `install the program where only root or ${parts.account} can write, or take the grant away and have a person approve`,
  };
}

// A program that was sealed with the directory begins with a placeholder for its private copy.
function isWithin(path: string, directory: string): boolean {
  return path.startsWith('{run}/') || path.startsWith(directory.endsWith('/') ? directory : `${directory}/`);
}
