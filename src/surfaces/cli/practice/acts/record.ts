/** Act: the record of it all, and the proof that nobody changed it since. */

import { EXIT } from '../../../../kernel/index.ts';
import type { Act } from '../act.ts';

/** The closing act. */
export const RECORD_ACT: Act = {
  title: 'The record',
  steps: [
    { kind: 'command', by: 'person', args: ['list'], exit: EXIT.done },
    {
      kind: 'command',
      by: 'person',
      args: ['record', 'verify'],
      exit: EXIT.done,
      row: 'the record, checked from its first entry',
    },
  ],
};
