/** Stops a command that the person left, before it does what can't be taken back. */

import { Failure } from '../../kernel/index.ts';

/** @throws Failure `INTERRUPTED` when Ctrl-C or SIGTERM came */
export function refuseInterrupted(interrupted: AbortSignal): void {
  if (interrupted.aborted) throw interruption();
}

/** The failure of a command that its person left: nothing was signed into the record. */
export function interruption(): Failure {
  return new Failure('INTERRUPTED', 'interrupted: you left before it was done; nothing was decided or recorded', {
    hint: 'run the command again to decide',
  });
}
