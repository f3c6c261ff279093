/** What sealing a directory promises. */

import type { Requirement } from './requirement.ts';

const CONTEXT =
  'What the demos don’t show: the third run where it confidently applied changes to the wrong environment because the context window didn’t fit all the state it needed.';
const BOUNDARY =
  'If you want it to find the right path, you need to close off the wrong ones structurally, not just through prompting.';
const LOUD = 'Does it fail loudly or quietly?';

export const DIRECTORY_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'DIRECTORY-01',
    behaviour: 'A directory that was packed comes out the same: names, bytes, execute bits, links, empty directories.',
    source: CONTEXT,
  },
  { id: 'DIRECTORY-02', behaviour: 'Two directories have one digest only when they are the same.', source: CONTEXT },
  {
    id: 'DIRECTORY-03',
    behaviour:
      'Whatever a container says, unpacking writes into the one directory and nowhere else; a bad container leaves nothing.',
    source: BOUNDARY,
  },
  {
    id: 'DIRECTORY-04',
    behaviour: 'What is too large, leads outside, or changes while it is read is refused by name.',
    source: LOUD,
  },
];
