/** What follows once a bundle is sealed: the policy's answer, the end of older drafts, and the first look. All of it can be repeated. */

import {
  type Control,
  canonicalJson,
  invariant,
  isFailure,
  type Json,
  type Manifest,
  type Preview,
  type ProposalState,
  personBehind,
  type Refusal,
} from '../../kernel/index.ts';
import { findOlderDrafts } from './find-drafts.ts';
import type { LookAnswer } from './first-look.ts';
import type { ProposeAnswer, ProposeParts } from './propose-parts.ts';
import { sweepEnded } from './sweep-ended.ts';
import type { TargetPolicy } from './target-policy.ts';

/** The principal that plans, seals and applies policy. */
export const PLANNER: Control = { kind: 'control', name: 'planner' };

/**
 * Takes a sealed proposal the rest of the way, from wherever it stands: admits it or has the policy's refusal recorded, ends older
 * drafts of the same change by the same person, and has the checks looked at.
 *
 * @param notes  what people must know of the target
 */
export async function admitProposal(
  parts: ProposeParts,
  policy: TargetPolicy,
  id: string,
  notes: readonly string[],
): Promise<ProposeAnswer> {
  const before = await parts.journal.standing(id);
  if (before.state.kind === 'proposed') {
    const forbidden = await askPolicy(parts, policy, before.state);
    if (forbidden !== undefined) return forbidden;
  }
  const superseded = await supersedeOlder(parts, id);
  const look = await lookOnce(parts, id);
  const { state } = await parts.journal.standing(id);
  if (state.kind !== 'open' && state.kind !== 'approved') return { kind: 'again', id, state };
  return { kind: state.kind, id, state, look, superseded, notes };
}

type Proposed = Extract<ProposalState, { readonly kind: 'proposed' }>;

async function askPolicy(
  parts: ProposeParts,
  policy: TargetPolicy,
  state: Proposed,
): Promise<ProposeAnswer | undefined> {
  const id = state.proposal;
  const manifest = await readSealed<Manifest>(parts, state.bundleDigest);
  const answer = policy.admit({
    target: manifest.target,
    environment: manifest.environment,
    driver: manifest.driver,
    facts: manifest.facts,
    preview: await readSealed<Preview>(parts, state.previewDigest),
    checks: manifest.checks,
    proposer: state.proposer,
    argv: manifest.argv,
    atMs: parts.clock.nowMs(),
  });
  if (answer.kind === 'admitted') {
    const admitted = await parts.journal.ask(id, { kind: 'admit', requirement: answer.requirement }, PLANNER);
    return admitted.kind === 'refused' ? unlessOvertaken(admitted) : undefined;
  }
  const refused = await parts.journal.ask(id, { kind: 'refuse', because: answer.because }, PLANNER);
  if (refused.kind === 'refused') return unlessOvertaken(refused);
  await sweepEnded(parts, refused.state);
  return { kind: 'forbidden', id, state: refused.state, because: answer.because };
}

// Another process that resumed it may have been first; what it made of it stands.
function unlessOvertaken(refusal: Refusal): Refusal | undefined {
  return refusal.code === 'NOT_LEGAL_NOW' ? undefined : refusal;
}

async function readSealed<Document extends Json>(parts: ProposeParts, digest: string): Promise<Document> {
  const text = new TextDecoder().decode(await parts.blobs.get(digest));
  // A planner stored it as this very type under its digest, and the store gives back no other bytes.
  const document = JSON.parse(text) as Document;
  invariant(canonicalJson(document) === text, `the blob ${digest} is not canonical`);
  return document;
}

// Nobody's proposal is ended by somebody else's: two people who mean the same change are both shown.
async function supersedeOlder(parts: ProposeParts, id: string): Promise<readonly string[]> {
  const row = await parts.projections.proposal(id);
  if (row === undefined || (row.state.kind !== 'open' && row.state.kind !== 'approved')) return [];
  const person = personBehind(row.state.proposer);
  const ended: string[] = [];
  for (const older of await findOlderDrafts(parts, row)) {
    if (older.state.kind === 'absent' || personBehind(older.state.proposer) !== person) continue;
    const answer = await parts.journal.ask(older.proposal, { kind: 'supersede', by: id }, PLANNER);
    if (answer.kind === 'refused') continue;
    ended.push(older.proposal);
    await sweepEnded(parts, answer.state);
  }
  return ended;
}

async function lookOnce(parts: ProposeParts, id: string): Promise<LookAnswer | { readonly kind: 'nothing-to-ask' }> {
  const { state } = await parts.journal.standing(id);
  if (state.kind !== 'open' && state.kind !== 'approved') return { kind: 'nothing-to-ask' };
  if (state.checks.length === 0) return { kind: 'nothing-to-ask' };
  if (state.lookedAt.length > 0) return { kind: 'looked' };
  try {
    return await parts.firstLook.look(id);
  } catch (thrown) {
    if (!isFailure(thrown)) throw thrown;
    // The proposal is open and whole: that nobody looked is said, and people see it before they approve.
    return { kind: 'unavailable', why: thrown.message, next: thrown.hint };
  }
}
