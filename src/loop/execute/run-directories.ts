/** Where the private directories of one execution lie. */

import { join } from 'node:path';
import type { ExecutionParts } from './execution-parts.ts';

// A proposal's id comes from the record: it must never lead out of the runner's own directory.
const UNSAFE = /[^A-Za-z0-9_-]/g;

/** The directories of one execution, all 0700. */
export type RunDirectories = {
  /** Everything of this execution; removed at the close. */
  readonly root: string;
  /** The tool's private copy of what was approved. */
  readonly copy: string;
  /** What goes into and comes out of the tool's streams. */
  readonly output: string;
};

/** Names the directories of a claim; nothing is made. */
export function runDirectories(
  parts: Pick<ExecutionParts, 'runsDirectory'>,
  proposal: string,
  claim: string,
): RunDirectories {
  return directoriesIn(join(parts.runsDirectory, `${proposal.replace(UNSAFE, '_').slice(0, 64)}-${claim}`));
}

/** Names the directories below a root that a ledger remembers. */
export function directoriesIn(root: string): RunDirectories {
  return { root, copy: join(root, 'copy'), output: join(root, 'output') };
}
