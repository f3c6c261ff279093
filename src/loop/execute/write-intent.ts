/** Uses up bundle and nonces in the runner's own ledger. From here on nothing may ever start this bundle again (L4, L5). */

import type { Refusal, Sha256Hex } from '../../kernel/index.ts';
import { refuseExpired } from './check-authority.ts';
import type { ExecutionParts } from './execution-parts.ts';
import type { Prepared } from './prepare-execution.ts';
import { runDirectories } from './run-directories.ts';

/**
 * Makes the intent durable.
 *
 * @returns a refusal when an approval ran out meanwhile, or when the ledger knows the bundle or a nonce already, or another use of the grant
 * @throws Failure `LEDGER_WRITE_FAILED`: nothing was spent
 */
export async function writeIntent(parts: ExecutionParts, prepared: Prepared): Promise<Refusal | undefined> {
  const { held, bundle, authorised } = prepared;
  const expired = refuseExpired(parts, bundle.manifest, authorised);
  if (expired !== undefined) return expired;
  const answer = await parts.ledger.intend({
    claim: held.claim,
    proposal: held.proposal,
    bundleDigest: held.state.bundleDigest,
    nonces: authorised.nonces,
    runDirectory: runDirectories(parts, held.proposal, held.claim).root,
    atMs: parts.clock.nowMs(),
    grant: authorised.grant,
  });
  return answer.kind === 'intended'
    ? undefined
    : refuseUsed(held.proposal, `${answer.what} was used by ${answer.claim}`);
}

/** Refuses a bundle that this runner began before, however young the record looks. */
export async function refuseBegun(
  parts: ExecutionParts,
  proposal: string,
  bundleDigest: Sha256Hex,
): Promise<Refusal | undefined> {
  const entry = await parts.ledger.find(bundleDigest);
  if (entry === undefined) return undefined;
  const { claim, atMs } = entry.intent;
  return refuseUsed(
    proposal,
    `this runner began it at ${new Date(atMs).toISOString()} (claim ${claim}), and the record is older than the runner's ledger`,
  );
}

function refuseUsed(proposal: string, why: string): Refusal {
  return {
    kind: 'refused',
    code: 'NONCE_USED',
    what: 'this execution',
    where: proposal,
    why,
    next: 'look at the world, then propose what is still missing; a bundle runs at most once',
  };
}
