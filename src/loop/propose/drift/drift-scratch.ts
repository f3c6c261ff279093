/** The scratch of a look for drift: it holds state and plan in the clear, so what a dead one left is removed by the next. */

import type { DriftParts } from './drift-parts.ts';

const PREFIX = 'drift-';
const MARK = 'planner';
const MOST_MARK_BYTES = 4_096;
const PRIVATE = 0o700;

type ScratchParts = Pick<DriftParts, 'files' | 'planner' | 'scratchDirectory'>;

/** Gives a fresh private directory to a piece of work, and removes it afterwards. */
export async function withDriftScratch<Answer>(
  parts: ScratchParts,
  proposal: string,
  work: (scratch: string) => Promise<Answer>,
): Promise<Answer> {
  const root = await parts.files.makeTemporary(parts.scratchDirectory, `${PREFIX}${proposal}-`);
  try {
    // Before anything else: what has no mark and is not empty belongs to nobody who lives.
    await parts.files.write(`${root}/${MARK}`, parts.planner.mark, 0o600);
    await parts.files.makeDirectory(`${root}/look`, PRIVATE);
    return await work(`${root}/look`);
  } finally {
    // Plan and state hold values in the clear.
    await parts.files.remove(root);
  }
}

/** Removes what looks that died left behind; what a living one works in, or has just made, stays. */
export async function sweepDriftScratch(parts: ScratchParts): Promise<void> {
  const { files, scratchDirectory } = parts;
  if ((await files.stat(scratchDirectory))?.kind !== 'directory') return;
  const tops = await files.tree(scratchDirectory, (path) => path.includes('/') || !path.startsWith(PREFIX));
  for (const { kind, path } of tops) {
    const root = `${scratchDirectory}/${path}`;
    if (kind === 'directory' && (await isLeft(parts, root))) await files.remove(root);
  }
}

async function isLeft({ files, planner }: ScratchParts, root: string): Promise<boolean> {
  const mark = await files.read(`${root}/${MARK}`, MOST_MARK_BYTES);
  if (mark !== undefined) return !(await planner.isAlive(new TextDecoder().decode(mark)));
  return (await files.tree(root, (path) => path.includes('/'))).length > 0;
}
