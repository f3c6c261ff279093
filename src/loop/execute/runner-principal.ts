/** The runner as the record knows it. */

import type { Runner, Signer } from '../../kernel/index.ts';

/** Names the principal that everything in this folder acts as. */
export function runnerPrincipal(signer: Signer): Runner {
  return { kind: 'runner', name: signer.name, key: signer.key };
}
