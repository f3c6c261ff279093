/** What verification promises: somebody who is not the actor looks at the world, before and after. */

import type { Requirement } from './requirement.ts';

const NOT_THE_ACTOR =
  'destructive actions require verification, and the entity doing the verification shouldn’t be the same entity that took the action.';
const TWO_IS_TWO = 'This is 2 == 2. The test passes. The CI pipeline is green.';
const WHAT_IT_TESTS = 'CI green means tests pass. It doesn’t mean the tests test what you think they test.';
const SELF_REPORT = 'The problem is you gave it a task with destructive side effects and trusted its self-report.';
const HALF_WAY = 'The state is now partially modified.';
const REAL_SYSTEMS = 'Tests that require a real connection are much harder to fake without breaking things loudly.';
const PROPOSES = 'Give agents the ability to propose destructive actions.';
const STRUCTURE =
  'If you want it to find the right path, you need to close off the wrong ones structurally, not just through prompting.';
const NOT_LOUD = 'It did not fail loudly.';
const FIND_OUT = 'You find out three hours later when something isn’t working and you start digging.';

export const VERIFY_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'VERIFY-01',
    behaviour:
      'Exactly the checks of the sealed bundle are put to the world, and a record that says anything else than the bundle is refused.',
    source: SELF_REPORT,
  },
  {
    id: 'VERIFY-02',
    behaviour:
      'Red before and green after confirms; red after refutes; green before and after alone is inconclusive; an unknown answer never confirms.',
    source: TWO_IS_TWO,
  },
  {
    id: 'VERIFY-03',
    behaviour: 'Who has the name or a key of a runner verifies nothing.',
    source: NOT_THE_ACTOR,
  },
  {
    id: 'VERIFY-04',
    behaviour: 'No verdict is given over an outcome or a look before that a known key did not sign.',
    source: SELF_REPORT,
  },
  {
    id: 'VERIFY-05',
    behaviour: 'A bundle without a check that the operator mandates gets no baseline, and nothing confirms it.',
    source: WHAT_IT_TESTS,
  },
  {
    id: 'VERIFY-06',
    behaviour: 'Every outcome and verdict settles as the table says: closed with its mark, or the target held.',
    source: FIND_OUT,
  },
  {
    id: 'VERIFY-07',
    behaviour: 'Verifying again appends a verdict, and an earlier one stays visible.',
    source: SELF_REPORT,
  },
  {
    id: 'VERIFY-08',
    behaviour: 'After an unknown end a green plan confirms only beside another check.',
    source: HALF_WAY,
  },
  {
    id: 'VERIFY-09',
    behaviour: 'A question that can not be read strictly is not put, and its check is unknown.',
    source: STRUCTURE,
  },
  {
    id: 'VERIFY-10',
    behaviour: 'A worker that dies, is late, says too much or says something else has said nothing.',
    source: NOT_LOUD,
  },
  {
    id: 'VERIFY-11',
    behaviour:
      'What is recorded of an answer is masked, visible and bounded; its digest covers what the expectation looked at, whole.',
    source: REAL_SYSTEMS,
  },
  {
    id: 'VERIFY-12',
    behaviour: 'A command answers by its own end and output; one that did not end by itself answers nothing.',
    source: REAL_SYSTEMS,
  },
  {
    id: 'VERIFY-13',
    behaviour:
      'A server answers by status and body; one that was not reached answers nothing unless that was the question.',
    source: REAL_SYSTEMS,
  },
  {
    id: 'VERIFY-14',
    behaviour: 'A file answers by what it holds, a link at the end of a path answers nothing.',
    source: REAL_SYSTEMS,
  },
  {
    id: 'VERIFY-15',
    behaviour: 'A SQLite database is opened for reading only and answers by rows or by its shape.',
    source: REAL_SYSTEMS,
  },
  {
    id: 'VERIFY-16',
    behaviour: 'A sealed configuration is planned anew in a private copy, and answers by what would change.',
    source: HALF_WAY,
  },
  {
    id: 'VERIFY-17',
    behaviour: 'A sustained question is believed only when every sample gives the same answer.',
    source: WHAT_IT_TESTS,
  },
  {
    id: 'VERIFY-18',
    behaviour:
      'What an agent wrote runs only in a sandbox while nobody has approved it, and shows nobody what it could read.',
    source: PROPOSES,
  },
  {
    id: 'VERIFY-19',
    behaviour:
      'The verifier finds what waits for a look or a verdict by itself, and one that fails costs no other its turn.',
    source: FIND_OUT,
  },
  {
    id: 'VERIFY-20',
    behaviour: 'No check looks where keys, ledgers, trust or the credentials of the machine are.',
    source: STRUCTURE,
  },
  {
    id: 'VERIFY-21',
    behaviour: 'A look counts for the phase that its signature covers, and for no other.',
    source: TWO_IS_TWO,
  },
  {
    id: 'VERIFY-22',
    behaviour:
      'A check is the operator’s only when the verifier’s own trust file says so, whatever the bundle calls it.',
    source: STRUCTURE,
  },
  {
    id: 'VERIFY-25',
    behaviour:
      'A check that takes more time, memory or processes than it may have answers nothing, and leaves nothing running.',
    source: NOT_LOUD,
  },
  {
    id: 'VERIFY-24',
    behaviour:
      'Where others than the verifier’s own account propose, the answers to what nobody approved tell them nothing that they may not read.',
    source: STRUCTURE,
  },
  {
    id: 'VERIFY-23',
    behaviour: 'A command runs the very bytes that were sealed with its approval, or answers nothing.',
    source: TWO_IS_TWO,
  },
  {
    id: 'VERIFY-26',
    behaviour:
      'What was destroyed at the close can not be asked again: that is refused with what to do instead, and no verdict is added.',
    source: SELF_REPORT,
  },
];
