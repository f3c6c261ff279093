/** What the driver for exact commands promises. */

import type { Requirement } from './requirement.ts';

export const ARGV_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'ARGV-01',
    behaviour:
      'A command is sealed as it is: program by its bytes, arguments, directory, environment and input; no shell is added and nothing runs while planning.',
    source: 'Proposes infrastructure changes: writes the Terraform, the Ansible, the deploy script. Does not run it.',
  },
  {
    id: 'ARGV-02',
    behaviour: 'What runs is the private copy of the sealed directory, whatever became of the directory since.',
    source:
      'the third run where it confidently applied changes to the wrong environment because the context window didn’t fit all the state it needed.',
  },
  {
    id: 'ARGV-03',
    behaviour:
      'The preview says that nobody can predict the command, names the bytes of every script in it, and is recomputed to the byte from the bundle.',
    source: 'A correct proposal that a human glances at before executing costs you thirty seconds.',
  },
  {
    id: 'ARGV-04',
    behaviour:
      'Only exit code 0 without a process left behind is completed; every other end of a command that began is indeterminate.',
    source:
      'It saw the terraform apply command run. It got some output. It synthesized the conclusion that was most consistent with its task',
  },
  {
    id: 'ARGV-05',
    behaviour: 'A program that was replaced is another fact, and one that is gone is a failure that names it.',
    source: 'They will fill gaps with plausible-sounding completions.',
  },
  {
    id: 'ARGV-06',
    behaviour:
      'What can’t be sealed whole (a home directory, a link that leads out, a missing program) is unplannable and says what to do.',
    source: 'It did not fail loudly.',
  },
];
