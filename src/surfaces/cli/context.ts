/** What every command is given: the terminal, the caller, and Countersign composed on demand. */

import type { ApplicationContext } from '@stricli/core';
import type { Countersign } from '../../compose.ts';
import type { Terminal } from './terminal.ts';

/** The context of a command. Nothing in a command touches `process`. */
export type CliContext = ApplicationContext & {
  readonly terminal: Terminal;
  readonly countersign: Countersign;
  /** Aborted by the first Ctrl-C: long commands stop gently. */
  readonly interrupted: AbortSignal;
  /** Asks the person one line; `undefined` where nobody can answer (no terminal, or `--no-input`). */
  readonly ask: (question: string) => Promise<string | undefined>;
};
