/** What the planner's sandbox promises: planning runs foreign code, which must not be able to do anything but plan. */

import type { Requirement } from './requirement.ts';

const SANDBOX = 'Give agents write access to sandboxed, reversible, non-production things.';
const READS = 'Give agents read access.';
const LOUD = 'Does it fail loudly or quietly?';

export const SANDBOX_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'SANDBOX-01',
    behaviour: 'A program in the sandbox writes to the scratch directory and nowhere else.',
    source: SANDBOX,
  },
  { id: 'SANDBOX-02', behaviour: 'A program in the sandbox does not see the hidden directories.', source: READS },
  {
    id: 'SANDBOX-03',
    behaviour: 'A program in the sandbox reaches no server, not even on this machine.',
    source: SANDBOX,
  },
  {
    id: 'SANDBOX-04',
    behaviour:
      'The sandbox changes nothing about a program: arguments, directory, environment, input, output and end are its own.',
    source: SANDBOX,
  },
  {
    id: 'SANDBOX-05',
    behaviour:
      'A machine without a sandbox is told with the reason and a way out, and what then runs unconfined is called advisory.',
    source: LOUD,
  },
];
