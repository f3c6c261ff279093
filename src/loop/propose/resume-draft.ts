/** Puts in order what a planner left that died: nothing stays half proposed for ever. */

import { admitProposal, PLANNER } from './admit-proposal.ts';
import { isBeingPlanned } from './planning-mark.ts';
import type { ProposeAnswer, ProposeParts } from './propose-parts.ts';

/**
 * Resumes a proposal that stopped before it was open.
 *
 * A sealed one goes on to the policy. A mere draft can't: its inputs were never recorded, so it becomes unplannable and says that it
 * is to be proposed again. One that a living process plans is left alone.
 *
 * @returns what became of it; `again` when there was nothing to resume
 */
export async function resumeDraft(parts: ProposeParts, id: string): Promise<ProposeAnswer> {
  const { state } = await parts.journal.standing(id);
  if (state.kind === 'proposed') {
    const directory = await directoryOf(parts, state.bundleDigest);
    return await admitProposal(parts, await parts.policyFor(directory), id, []);
  }
  if (state.kind !== 'drafted' || (await isBeingPlanned(parts, id))) return { kind: 'again', id, state };
  const finding = {
    why: 'its planning was cut short',
    next: 'propose the change again: nothing was changed',
  };
  const answer = await parts.journal.ask(id, { kind: 'mark-unplannable', finding }, PLANNER);
  if (answer.kind === 'decided') return { kind: 'unplannable', id, ...finding, text: '' };
  return { kind: 'again', id, state: (await parts.journal.standing(id)).state };
}

async function directoryOf(parts: ProposeParts, bundleDigest: string): Promise<string> {
  const manifest: unknown = JSON.parse(new TextDecoder().decode(await parts.blobs.get(bundleDigest)));
  const isManifest = typeof manifest === 'object' && manifest !== null && 'directory' in manifest;
  return isManifest && typeof manifest.directory === 'string' ? manifest.directory : '/';
}
