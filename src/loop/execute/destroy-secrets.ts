/** Destroys what must not outlive a proposal: its encrypted blobs, and the run directory that held them in the clear (L11). */

import { LEGAL_IN, type ProposalState } from '../../kernel/index.ts';
import type { ExecutionParts } from './execution-parts.ts';
import { runnerPrincipal } from './runner-principal.ts';

/**
 * Destroys the secrets of a proposal that is over, and records that they are gone. Silent when it is not over or they were gone.
 *
 * A held proposal keeps them: its run directory may be the only copy of the truth.
 *
 * @returns whether anything was destroyed
 */
export async function destroySecrets(parts: ExecutionParts, proposal: string): Promise<boolean> {
  const { state } = await parts.journal.standing(proposal);
  if (!LEGAL_IN['destroy-secrets'].includes(state.kind) || !('secretBlobs' in state)) return false;
  await removeRun(parts, state.bundleDigest);
  const left: string[] = [];
  for (const digest of state.secretBlobs) if (await parts.blobs.has(digest)) left.push(digest);
  if (left.length === 0) return false;
  for (const digest of left) await parts.blobs.destroy(digest);
  const command = { kind: 'destroy-secrets', destroyed: { digests: left } } as const;
  await parts.journal.ask(proposal, command, runnerPrincipal(parts.signer));
  return true;
}

/** Destroys the secrets of every proposal that was for this runner and is over. @returns how many had some */
export async function sweepSecrets(parts: ExecutionParts): Promise<number> {
  let destroyed = 0;
  const limit = 1_000;
  for (let beforeSeq: number | undefined; ; ) {
    const rows = await parts.projections.proposals({ states: LEGAL_IN['destroy-secrets'], beforeSeq, limit });
    for (const { state } of rows) {
      if (isOwn(state, parts.signer.name) && (await destroySecrets(parts, state.proposal))) destroyed += 1;
    }
    beforeSeq = rows.at(-1)?.seq;
    if (rows.length < limit) return destroyed;
  }
}

// A bundle without secret blobs may still have left a run directory behind.
function isOwn(
  state: ProposalState,
  runner: string,
): state is Extract<ProposalState, { readonly secretBlobs: readonly string[] }> {
  return 'secretBlobs' in state && state.runner === runner;
}

async function removeRun(parts: ExecutionParts, bundleDigest: string): Promise<void> {
  const entry = await parts.ledger.find(bundleDigest);
  if (entry !== undefined) await parts.files.remove(entry.intent.runDirectory);
}
