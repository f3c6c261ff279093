/** The mark of the process that plans a draft: while it lives, nobody else plans the same; when it died, anybody may go on. */

import type { ProposeParts } from './propose-parts.ts';

const MOST_MARK_BYTES = 4_096;

type MarkParts = Pick<ProposeParts, 'files' | 'planner' | 'scratchDirectory'>;

/** Whether another living process is planning the draft now. */
export async function isBeingPlanned(parts: MarkParts, id: string): Promise<boolean> {
  const content = await parts.files.read(markFile(parts, id), MOST_MARK_BYTES);
  if (content === undefined) return false;
  return await parts.planner.isAlive(new TextDecoder().decode(content));
}

/**
 * Marks the draft as planned by this process.
 *
 * Two processes that find the same dead planner at once may both go on: the record takes the first seal, and the second is told.
 */
export async function claimPlanning(parts: MarkParts, id: string): Promise<void> {
  await parts.files.write(markFile(parts, id), parts.planner.mark, 0o600);
}

/** Removes the mark. */
export async function releasePlanning(parts: MarkParts, id: string): Promise<void> {
  await parts.files.remove(markFile(parts, id));
}

function markFile(parts: MarkParts, id: string): string {
  return `${parts.scratchDirectory}/${id}.planner`;
}
