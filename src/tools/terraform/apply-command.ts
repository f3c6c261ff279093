/** The one command that applies a sealed plan. */

import { Failure } from '../../kernel/index.ts';
import { bundleEnvironment } from '../bundle-environment.ts';
import type { ExecutionCommand, OpenedBundle } from '../driver.ts';
import type { Backend } from './working-directory.ts';
import { bundleCopy, sealedWorkingDirectory } from './world-facts.ts';

const SEALED_PLAN = '{run}/plan.bin';

/**
 * The arguments of an apply, with `{run}` for the private copy.
 *
 * A local state is named by its absolute path, so that lock, backup and state lie where everybody else's Terraform looks for
 * them. The lock is always taken: without it two applies both end well and one of their resources is lost.
 */
export function applyArguments(backend: Backend): readonly string[] {
  const state = backend.kind === 'local' ? [`-state=${backend.statePath}`] : [];
  return ['apply', '-input=false', '-no-color', '-json', '-lock-timeout=30s', ...state, SEALED_PLAN];
}

/** The command for a bundle. @throws Failure `BLOB_CORRUPT` when the sealed arguments are not those that belong to its facts */
export function applyCommand(bundle: OpenedBundle): ExecutionCommand {
  const { manifest } = bundle;
  const copy = bundleCopy(bundle);
  const expected = applyArguments(sealedWorkingDirectory(manifest).backend);
  if (expected.join('\0') !== manifest.argv.join('\0')) {
    throw new Failure('BLOB_CORRUPT', `the sealed command of ${manifest.proposal} is not an apply of its own plan`, {
      hint: 'treat it as a forgery until it is explained; nothing ran',
      where: manifest.proposal,
    });
  }
  return {
    file: manifest.tool.path,
    args: expected.map((argument) => (argument === SEALED_PLAN ? copy.plan : argument)),
    directory: copy.tree,
    environment: bundleEnvironment(bundle),
  };
}
