/** What the composition promises: that the parts are joined to the right homes, and to all of them. */

import type { Requirement } from './requirement.ts';

const STRUCTURE =
  'If you want it to find the right path, you need to close off the wrong ones structurally, not just through prompting.';
const SANDBOXED = 'Give agents write access to sandboxed, reversible, non-production things.';

export const COMPOSE_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'COMPOSE-01',
    behaviour:
      'Runner, verifier and control plane believe the trust file each by the memory of their own home, in everything that they ask of it.',
    source: STRUCTURE,
  },
  {
    id: 'COMPOSE-02',
    behaviour: 'Planner and runner count the uses of a standing grant, and take one from a signed trust file only.',
    source: SANDBOXED,
  },
  {
    id: 'COMPOSE-03',
    behaviour: 'Rules that lie in a repository bind the planner, and the runner again when it executes.',
    source: 'Mandatory human review on anything infra-adjacent.',
  },
  {
    id: 'COMPOSE-04',
    behaviour: 'No check is put to any of the four homes, and no credential of the verifier leaves its workers.',
    source: STRUCTURE,
  },
  {
    id: 'COMPOSE-05',
    behaviour:
      'Foreign code sees neither keys nor the trust file, a check that nobody approved no credentials either, and it reaches only the servers that the trust file names for planning.',
    source: SANDBOXED,
  },
  {
    id: 'COMPOSE-06',
    behaviour:
      'Runner and verifier hold the record against the head in their own home before they do anything with it.',
    source: 'The problem is you gave it a task with destructive side effects and trusted its self-report.',
  },
  {
    id: 'COMPOSE-07',
    behaviour: 'A sweep is the runner’s, in a process of its own, and only where this account has the runner’s home.',
    source: 'anything that can’t be trivially undone',
  },
  {
    id: 'COMPOSE-08',
    behaviour:
      'The level that is told, and recorded with every claim, is what owners and permissions of these homes say.',
    source: 'Agents do not have reliable situational awareness.',
  },
  {
    id: 'COMPOSE-09',
    behaviour: 'A directory that our own homes lie in is sealed without them, and stays what it was while they change.',
    source: 'The agent has no memory of what actually happened.',
  },
];
