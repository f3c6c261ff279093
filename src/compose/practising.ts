/** Composed for the practice range: programs that run beside it, and the person's own terminal. */

import { nodeCompanions, ownCommand, runInForeground } from '../adapters/index.ts';
import type { Base } from './base.ts';

/** What the practice range needs of this machine. */
export type Practising = {
  readonly companions: ReturnType<typeof nodeCompanions>;
  readonly foreground: typeof runInForeground;
  /** The command line that starts Countersign. */
  readonly ownCommand: readonly [string, ...string[]];
  readonly temporaryParent: string;
  readonly nodePath: string;
};

/** Composes the practice range. */
export function composePractising(base: Base): Practising {
  const { temporaryDirectory, nodePath } = base.machine;
  const [file, ...args] = ownCommand();
  return {
    companions: nodeCompanions(),
    foreground: runInForeground,
    ownCommand: [file, ...args],
    temporaryParent: temporaryDirectory,
    nodePath,
  };
}
