/** What the house promises about itself: its gates look, its rules fire, and a newcomer needs two commands. */

import type { Requirement } from './requirement.ts';

const FAKE = 'If your tests mock the database, the agent can fake them trivially.';
const GREEN = 'CI green means tests pass. It doesn’t mean the tests test what you think they test.';
const STRUCTURE =
  'If you want it to find the right path, you need to close off the wrong ones structurally, not just through prompting.';

export const HOUSE_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'HOUSE-01',
    behaviour: 'A missing real component is a visible, counted skip, and a failure where real components are demanded.',
    source: FAKE,
  },
  { id: 'HOUSE-02', behaviour: 'A test run without a passed test has failed.', source: GREEN },
  {
    id: 'HOUSE-03',
    behaviour:
      'Every requirement is cited by a test, every test cites a requirement, and the gate proves that it read every test file.',
    source: GREEN,
  },
  {
    id: 'HOUSE-04',
    behaviour:
      'Imports follow the directions of the house, the gate looked at every source file, and each rule fires on a tree that breaks it.',
    source: STRUCTURE,
  },
  {
    id: 'HOUSE-05',
    behaviour:
      'Files, functions, names and doors keep to the house style, and each of these gates fires on a file that breaks it.',
    source: STRUCTURE,
  },
  {
    id: 'HOUSE-06',
    behaviour: 'The lock file names every platform package, so that a clean install works on other machines.',
    source: 'Tests that require a real connection are much harder to fake without breaking things loudly.',
  },
  {
    id: 'HOUSE-07',
    behaviour:
      'What is missing or older than the lock file is installed before start and test; otherwise nothing is done or said.',
    source: 'Know what you are doing and have fun.',
  },
  {
    id: 'HOUSE-08',
    behaviour: 'The packed package installs into an empty directory and answers to its name.',
    source: GREEN,
  },
  {
    id: 'HOUSE-09',
    behaviour:
      'Every dependency is pinned exactly and justified on its page, and only the named ones run install scripts.',
    source: 'Mandatory human review on anything infra-adjacent.',
  },
  {
    id: 'HOUSE-10',
    behaviour:
      'Every static gate names a defect, and fails where its tool ended well but looked at nothing, or at less than there is.',
    source: GREEN,
  },
  {
    id: 'HOUSE-11',
    behaviour:
      'Mutants are tried of what changed, or whose own tests did; too few noticed, none tried or no report fails, and what was not tried is named.',
    source: GREEN,
  },
  {
    id: 'HOUSE-12',
    behaviour:
      'The gate of a change runs every stage in order, installs what it lacks, and whatever fails, is missing or was cut off ends it as failed.',
    source: GREEN,
  },
];
