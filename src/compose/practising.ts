/** Composed for the practice range: programs that run beside it, and the person's own terminal. */

import { tmpdir } from 'node:os';
import { nodeCompanions, ownCommand, runInForeground } from '../adapters/index.ts';

/** What the practice range needs of this machine. */
export type Practising = {
  readonly companions: ReturnType<typeof nodeCompanions>;
  readonly foreground: typeof runInForeground;
  /** The command line that starts Countersign. */
  readonly ownCommand: readonly [string, ...string[]];
  readonly temporaryParent: string;
};

/** Composes the practice range. */
export function composePractising(): Practising {
  const [file, ...args] = ownCommand();
  return {
    companions: nodeCompanions(),
    foreground: runInForeground,
    ownCommand: [file, ...args],
    temporaryParent: tmpdir(),
  };
}
