/** Destroys what must not outlive a proposal: its encrypted blobs, and the run directory that held them in the clear (L11). */

import { LEGAL_IN, type ProposalState, type StateKind } from '../../kernel/index.ts';
import type { ExecutionParts } from './execution-parts.ts';
import { runnerPrincipal } from './runner-principal.ts';

/** What a sweep of one proposal found. */
export type SweepAnswer =
  | { readonly kind: 'destroyed' }
  /** It is over, and had no secrets or has none any more. */
  | { readonly kind: 'nothing-left' }
  /** It needs its secrets yet: it may still run, or is held and its run directory may be the only copy of the truth. */
  | { readonly kind: 'not-over'; readonly state: StateKind };

/** Destroys the secrets of a proposal that is over, and records that they are gone. One whose time ran out is first recorded as expired. */
export async function destroySecrets(parts: ExecutionParts, proposal: string): Promise<SweepAnswer> {
  const state = await standingNow(parts, proposal);
  if (!isOver(state.kind)) return { kind: 'not-over', state: state.kind };
  if (!('secretBlobs' in state)) return { kind: 'nothing-left' };
  await removeRun(parts, state.bundleDigest);
  const left: string[] = [];
  for (const digest of state.secretBlobs) if (await parts.blobs.has(digest)) left.push(digest);
  if (left.length === 0) return { kind: 'nothing-left' };
  for (const digest of left) await parts.blobs.destroy(digest);
  const command = { kind: 'destroy-secrets', destroyed: { digests: left } } as const;
  await parts.journal.ask(proposal, command, runnerPrincipal(parts.signer));
  return { kind: 'destroyed' };
}

/** Destroys the secrets of every proposal that was for this runner and is over or ran out. @returns how many had some */
export async function sweepSecrets(parts: ExecutionParts): Promise<number> {
  let destroyed = 0;
  const limit = 1_000;
  const states = [...LEGAL_IN['destroy-secrets'], ...LEGAL_IN.expire];
  for (let beforeSeq: number | undefined; ; ) {
    const rows = await parts.projections.proposals({ states, beforeSeq, limit });
    for (const { state } of rows) {
      if (!isOwn(state, parts.signer.name)) continue;
      if ((await destroySecrets(parts, state.proposal)).kind === 'destroyed') destroyed += 1;
    }
    beforeSeq = rows.at(-1)?.seq;
    if (rows.length < limit) return destroyed;
  }
}

// Time passes without anybody recording it: what ran out is over only once that is said. Before its time the kernel refuses.
async function standingNow(parts: ExecutionParts, proposal: string): Promise<ProposalState> {
  const { state } = await parts.journal.standing(proposal);
  if (!LEGAL_IN.expire.includes(state.kind)) return state;
  const answer = await parts.journal.ask(proposal, { kind: 'expire' }, runnerPrincipal(parts.signer));
  return answer.kind === 'decided' ? answer.state : state;
}

// What could not be planned is over as well, and never had anything sealed.
function isOver(state: StateKind): boolean {
  return state === 'unplannable' || LEGAL_IN['destroy-secrets'].includes(state);
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
