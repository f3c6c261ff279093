/** What an act is played with: ports, the place, and what was learnt on the way. */

import type { PersonAnswer, PersonQuestion } from '../../../compose.ts';
import type { Files, ProcessEnd, Processes, ProcessSpec } from '../../../kernel/index.ts';
import type { Terminal } from '../terminal.ts';
import type { Row } from './act.ts';
import type { Companions } from './companions.ts';
import type { Place } from './place.ts';

/**
 * Hands the terminal itself to a program, so that the person answers it and not us.
 *
 * Never throws on how it ended; a missing program is `not-started`.
 */
export type Foreground = (
  spec: Pick<ProcessSpec, 'file' | 'args' | 'directory' | 'environment'>,
) => Promise<ProcessEnd>;

/** The ports of the range. */
export type PracticeParts = {
  readonly files: Files;
  readonly processes: Processes;
  readonly companions: Companions;
  readonly foreground: Foreground;
  readonly terminal: Terminal;
  /** Asks the person one line; `left` is Ctrl-C or the end of input, `nobody` a range that is on no screen. */
  readonly ask: (question: PersonQuestion) => Promise<PersonAnswer>;
  /** Aborted by the first Ctrl-C. */
  readonly interrupted: AbortSignal;
};

/** How to play. */
export type PracticeSettings = {
  /** Plays the person's part as well. */
  readonly isAuto: boolean;
  /** Leaves the directory behind, to look around in. */
  readonly isKept: boolean;
  /** Where the range's own directory is made. */
  readonly temporaryParent: string;
  /** The command line that starts Countersign: program, then arguments. */
  readonly countersign: readonly [string, ...string[]];
  /** The Node that runs the order desk. */
  readonly node: string;
  /** The directory with the order desk, its migration, configuration and scripts. */
  readonly examples: string;
  /** `TERM` as the person has it. */
  readonly terminalType: string;
  /** `PATH` as the person has it. */
  readonly searchPath: string;
};

/** An act's stage. */
export type Stage = {
  readonly parts: PracticeParts;
  readonly settings: PracticeSettings;
  readonly place: Place;
  /** Ids of proposals by the names that acts gave them. */
  readonly ids: Map<string, string>;
  readonly rows: Row[];
};
