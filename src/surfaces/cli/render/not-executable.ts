/** Says loudly that an approved proposal would not run by the trust file that is accepted now. */

import { visibleLine } from '../../../kernel/index.ts';
import type { Paint } from '../terminal.ts';
import type { ExecutableView } from '../view/executable-view.ts';
import type { StateWords } from './state-words.ts';

/** The lines under a state; none while it may run, and where nobody asks. */
export function notExecutable(executable: ExecutableView | null, paint: Paint): readonly string[] {
  if (executable === null || executable.why === null) return [];
  const why = visibleLine(executable.why);
  return executable.answer === 'no'
    ? [paint('bad', `  NOT EXECUTABLE: ${why}`)]
    : [paint('warning', `  NOT KNOWN whether it may be executed: ${why}`)];
}

/** How `approved` and `open` are called while the present trust file would not let them run. */
export function wordsByTrust(words: StateWords, executable: ExecutableView | null): StateWords {
  switch (executable?.answer) {
    case 'no':
      return { ...words, tone: 'bad', meaning: 'so the record says; its runner would refuse it' };
    case 'unknown':
      return {
        ...words,
        tone: 'warning',
        meaning: 'so the record says; whether its runner would refuse it is not known',
      };
    case 'yes':
    case undefined:
      return words;
  }
}
