/** The variables that a sealed change was planned with, as a request for another plan of it asks for them. */

import type { Manifest } from '../../kernel/index.ts';
import type { ProposeRequest } from './propose-parts.ts';

/** Set anew for every change, by us or from the caller's own environment. */
const SET_ANEW: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'LANG',
  'TZ',
  'TMPDIR',
  'TF_IN_AUTOMATION',
  'TF_INPUT',
  'CHECKPOINT_DISABLE',
  'TF_CLI_CONFIG_FILE',
]);

type Variables = Pick<ProposeRequest, 'variables' | 'secretVariables'>;
type Sealed = Pick<Manifest, 'environmentVariables' | 'secretVariables'>;

/** Joins the variables of a sealed change with those that are asked for now, which take their place. */
export function mergeVariables(manifest: Sealed, asked: Variables): Variables {
  const given = new Set([...asked.variables, ...asked.secretVariables].map((text) => text.split('=', 1)[0]));
  const isKept = (name: string): boolean => !given.has(name) && !SET_ANEW.has(name);
  const secret = manifest.secretVariables.filter(isKept);
  const clear = Object.entries(manifest.environmentVariables)
    .filter(([name]) => isKept(name) && !manifest.secretVariables.includes(name))
    .map(([name, value]) => `${name}=${value}`);
  return {
    variables: [...clear, ...asked.variables],
    secretVariables: [...secret, ...asked.secretVariables],
  };
}
