/** What every command is given: the terminal, the caller, and Countersign composed on demand. */

import type { ApplicationContext } from '@stricli/core';
import type { Countersign, PersonAnswer, PersonQuestion } from '../../compose.ts';
import type { Terminal } from './terminal.ts';

/** The context of a command. Nothing in a command touches `process`. */
export type CliContext = ApplicationContext & {
  readonly terminal: Terminal;
  readonly countersign: Countersign;
  /** Aborted by the first Ctrl-C: long commands stop gently. */
  readonly interrupted: AbortSignal;
  /** Asks the person one line, at the controlling terminal where streams are redirected. Only `answered` can be a yes. */
  readonly ask: (question: PersonQuestion) => Promise<PersonAnswer>;
};
