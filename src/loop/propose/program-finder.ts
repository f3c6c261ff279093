/** The port that finds what a check's command would run: the verifier compares it with what people signed. */

import type { CheckProgram } from '../../kernel/index.ts';
import type { CommandQuestion } from '../../tools/index.ts';

/** Finds the files of commands by the verifier's own rules. */
export interface ProgramFinder {
  /**
   * The program, the interpreter of a script, and every argument that names a file and is not declared as read; each once.
   *
   * @param directory  absolute; where a command without a directory of its own runs
   * @throws Failure `CONFIG_INVALID` when one of them is not there, can't be read, or is larger than 64 MiB (a binary program: 512 MiB)
   */
  find(question: CommandQuestion, directory: string): Promise<readonly Omit<CheckProgram, 'check'>[]>;
}
