import type { Requirement } from './requirement.ts';

/** What the command line promises. */
export const CLI_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'CLI-01',
    behaviour: 'Outcome and verdict are shown side by side, each under its own name, and never merged into one word.',
    source: 'the entity doing the verification shouldn’t be the same entity that took the action',
  },
  {
    id: 'CLI-02',
    behaviour: 'What an agent claims is shown as a claim, beside what was observed.',
    source: 'trusted its self-report',
  },
  {
    id: 'CLI-03',
    behaviour: 'Every state has a word, a meaning and a next step for the person who meets it.',
    source: 'A correct proposal that a human glances at before executing costs you thirty seconds.',
  },
  {
    id: 'CLI-04',
    behaviour: 'Text from outside reaches the terminal with its control characters visible, with and without colours.',
    source: 'look reasonable on a quick scan',
  },
  {
    id: 'CLI-05',
    behaviour: 'A command ends with the exit code that its answer has in the documented table.',
    source: 'does it fail loudly or quietly?',
  },
  {
    id: 'CLI-06',
    behaviour: 'Refusals and failures say what, where, why and what to do next, as text and as JSON.',
    source: 'It did not fail loudly.',
  },
  {
    id: 'CLI-07',
    behaviour:
      'The loop by hand works as documented: approver, propose, approve, execute, verify, with terraform, sqlite and argv.',
    source: 'agent reads, proposes, human approves, human executes',
  },
  {
    id: 'CLI-08',
    behaviour: 'No command lets an agent approve, execute, verify, reconcile or change the trust file.',
    source: 'Never give agents the ability to execute destructive actions autonomously.',
  },
  {
    id: 'CLI-09',
    behaviour: 'Destroys are named first wherever a change is counted.',
    source: 'anything that can’t be trivially undone',
  },
  {
    id: 'CLI-10',
    behaviour: 'The level, advisory or enforced, is told from owners and permissions, with every reason.',
    source: 'Agents do not have reliable situational awareness.',
  },
  {
    id: 'CLI-11',
    behaviour: 'With --json every command prints one JSON document on stdout, and nothing else.',
    source: 'Does it produce valid structured output reliably?',
  },
  {
    id: 'CLI-12',
    behaviour:
      'A killed, raced or disk-starved loop never runs a bundle twice and never reports better than the truth.',
    source: 'The apply fails halfway through',
  },
  {
    id: 'CLI-13',
    behaviour: 'The reference of commands, states and failures is generated from the code that it describes.',
    source: 'Read the diff.',
  },
  {
    id: 'CLI-14',
    behaviour:
      'Whatever ends a proposal by hand, a newer one and the policy included, has its secrets destroyed, sealed ones and those of the run directory.',
    source: 'anything that can’t be trivially undone',
  },
  {
    id: 'CLI-15',
    behaviour: 'A runner executes nothing on a record with an outcome or verdict that nobody of the trust file signed.',
    source: 'the entity doing the verification shouldn’t be the same entity that took the action',
  },
  {
    id: 'CLI-16',
    behaviour:
      'show and list present as an outcome, a verdict or an approval only what its speaker signed; what does not hold is named, and the command ends with 6.',
    source: 'trusted its self-report',
  },
  {
    id: 'CLI-17',
    behaviour: 'list, show and doctor call a proposal whose time or approvals ran out by the same words.',
    source: 'Agents do not have reliable situational awareness.',
  },
  {
    id: 'CLI-24',
    behaviour:
      'Whoever sits at a terminal is asked there before their key signs, wherever the streams go; leaving the question is no yes: 130, and nothing is signed or recorded.',
    source: 'A correct proposal that a human glances at before executing costs you thirty seconds.',
  },
  {
    id: 'CLI-18',
    behaviour: 'A recovery is named only where its outcome and its newest verdict hold.',
    source: 'trusted its self-report',
  },
  {
    id: 'CLI-20',
    behaviour:
      'A person signs a release or a review with their key; without one it rests on their account, is shown so, and is refused where the policy asks for a signature.',
    source: 'human approves, human executes.',
  },
  {
    id: 'CLI-37',
    behaviour: 'show and list shout that a glass was broken until a review by somebody else holds.',
    source: 'the entity doing the verification shouldn’t be the same entity that took the action',
  },
  {
    id: 'CLI-29',
    behaviour:
      'show and list say of an approved proposal whether the trust file that is accepted now lets it run, why not and by which rule; the next step never names execute where it does not, or where nobody can tell.',
    source: 'Agents do not have reliable situational awareness.',
  },
];
