/** Refuses secret variables that would say which state is meant: a runner looks at the world without them, and would find another one. */

import { decidingVariables } from './backend-identity.ts';
import type { WorkingDirectory } from './working-directory.ts';

/** They choose the state whatever the backend. */
const ALWAYS: readonly string[] = ['TF_WORKSPACE', 'TF_DATA_DIR'];

/**
 * Looks for secret variables that could decide which state a directory is bound to. Credentials alone are none of them.
 *
 * @param secretVariables  names; their values are not looked at
 * @returns why the change can't be planned, and what to do; `undefined` when none decides
 */
export function secretPlace(
  { backend }: Pick<WorkingDirectory, 'backend'>,
  secretVariables: readonly string[],
): { readonly why: string; readonly next: string } | undefined {
  const deciding = backend.kind === 'local' ? [] : decidingVariables(backend.type, backend.identity);
  const [first] = secretVariables.filter((name) => [...ALWAYS, ...deciding].includes(name));
  if (first === undefined) return undefined;
  const why = `${first} is secret, and could decide which state is changed`;
  const next = `give it with --env: it says which state is meant`;
  return first === 'PG_CONN_STR'
    ? { why, next: `${next}; leave the password out of it, and give PGPASSWORD with --secret-env` }
    : { why, next };
}
