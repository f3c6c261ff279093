/** The steps that a person takes in every act. */

import type { ExitCode } from '../../../../kernel/index.ts';
import { EXIT } from '../../../../kernel/index.ts';
import type { CommandStep } from '../act.ts';

/** The person reads the sealed preview and signs it, by typing the target's name. */
export function approveStep(proposal: string, target: string): CommandStep {
  return {
    kind: 'command',
    by: 'person',
    args: ['approve', `@${proposal}`, '--ssh-key', 'keys/practice'],
    exit: EXIT.done,
    unattended: ['--confirm', target],
  };
}

/** The person has it executed, once. The exit code is about the outcome alone. */
export function executeStep(proposal: string, exit: ExitCode): CommandStep {
  return { kind: 'command', by: 'person', args: ['execute', `@${proposal}`], exit };
}

/** Another process, with another key, looks at the world. */
export function verifyStep(proposal: string, exit: ExitCode): CommandStep {
  return { kind: 'command', by: 'person', args: ['verify', `@${proposal}`], exit };
}
