/** What phase 3 promises: the trust file, the policy, and the signatures of people. */

import type { Requirement } from './requirement.ts';

const HUMAN = 'agent reads, proposes, human approves, human executes';
const STRUCTURE =
  'If you want it to find the right path, you need to close off the wrong ones structurally, not just through prompting.';

export const APPROVE_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'APPROVE-01',
    behaviour:
      'The trust file is understood to the last key or refused with file, line, column, the field and what to do; nothing in it is hidden from its reader.',
    source: 'does it fail loudly or quietly?',
  },
  {
    id: 'APPROVE-02',
    behaviour: 'The environment follows from binding facts; a label can only tighten, and no match means production.',
    source: 'it confidently applied changes to the wrong environment',
  },
  {
    id: 'APPROVE-03',
    behaviour: 'All rules that match are combined to the strictest; adding a rule never loosens anything.',
    source: STRUCTURE,
  },
  {
    id: 'APPROVE-04',
    behaviour: 'Every decision of the policy names the rules that it rests on, each with its line.',
    source: 'Read the diff.',
  },
  {
    id: 'APPROVE-05',
    behaviour:
      'Conditions are type-checked when they are read; one that can not be answered counts as met for demands and refusals, and as not met for grants.',
    source: 'Does it produce valid structured output reliably?',
  },
  {
    id: 'APPROVE-06',
    behaviour:
      'SSH signatures are verified in-process; any altered bit, another purpose, another key or another text is refused with the reason.',
    source: HUMAN,
  },
  {
    id: 'APPROVE-07',
    behaviour:
      'A security key counts as verified only when the device vouches for the person, as plain with a touch, and not at all without.',
    source: 'human-in-the-loop',
  },
  {
    id: 'APPROVE-08',
    behaviour:
      'A trust file is accepted when it is the pinned one, when an approver of the pinned one signed it, or when it is the first; never an older one.',
    source: STRUCTURE,
  },
  {
    id: 'APPROVE-09',
    behaviour:
      'A standing grant approves sandbox changes only, from a signed file, within its scope, time and count, and never more than one plain approval.',
    source: 'Give agents write access to sandboxed, reversible, non-production things.',
  },
  {
    id: 'APPROVE-10',
    behaviour: 'A change belongs to a target only when the facts say so, and no other name is a way round it.',
    source: 'it confidently applied changes to the wrong environment',
  },
  {
    id: 'APPROVE-11',
    behaviour:
      'The preview shows target and environment first, then destroys, the unpredictable, who, why and the checks; no text from outside can pass for ours.',
    source: 'A correct proposal that a human glances at before executing costs you thirty seconds.',
  },
  {
    id: 'APPROVE-12',
    behaviour: 'A repository can only tighten; whatever would loosen is an error that names its line.',
    source: STRUCTURE,
  },
  {
    id: 'APPROVE-13',
    behaviour:
      'Mandated checks can not be left out or changed, and a change that nothing can confirm is marked or refused.',
    source: 'They just don’t test what they’re supposed to test anymore.',
  },
  {
    id: 'APPROVE-14',
    behaviour: 'The policy digest covers everything that bears on a target and nothing else.',
    source: HUMAN,
  },
  {
    id: 'APPROVE-15',
    behaviour: 'The first trust file is readable as written, and adding an approver keeps the comments of its people.',
    source: 'Thirty seconds is a cheap insurance premium.',
  },
  {
    id: 'APPROVE-16',
    behaviour: 'The published JSON Schemas are those that the parsers use.',
    source: 'Structured output (JSON for tool calls, YAML for configs) would silently malform under load.',
  },
  {
    id: 'APPROVE-17',
    behaviour:
      'Signing never leaves an old signature in the place of a new one, and a person has all the time they need.',
    source: HUMAN,
  },
  {
    id: 'APPROVE-18',
    behaviour: 'An approval counts for one bundle under one policy, within its time, once, and from eyes that may.',
    source: HUMAN,
  },
  {
    id: 'APPROVE-19',
    behaviour:
      'An approver is shown a preview only when its bytes have the sealed digest and nothing in it is unknown.',
    source: 'Read the diff.',
  },
  {
    id: 'APPROVE-20',
    behaviour: 'A record that says other than the bundle it names is refused before anybody signs.',
    source: 'trusted its self-report',
  },
  {
    id: 'APPROVE-23',
    behaviour: 'An approver reads what a check asks and which bytes it runs, whatever its claim says.',
    source: 'Read the diff.',
  },
  {
    id: 'APPROVE-21',
    behaviour:
      'Every accepted trust file is kept, each signed by an approver of the one before; a kept one that was changed or taken out is found.',
    source: STRUCTURE,
  },
  {
    id: 'APPROVE-30',
    behaviour:
      'The signature under a release or a review is for that and nothing else: an approval is no statement, a statement no approval, and any altered field is refused.',
    source: HUMAN,
  },
  {
    id: 'APPROVE-31',
    behaviour:
      'A policy can ask for signed releases, by default or under a condition, and the answer names the rule and its line.',
    source: STRUCTURE,
  },
  {
    id: 'APPROVE-32',
    behaviour:
      'What a proposal recovers is sealed with it, shown to its approver with the reason of the hold, and compared by the runner.',
    source: 'Read the diff.',
  },
  {
    id: 'APPROVE-33',
    behaviour:
      'An approver sees beside the target that nothing binds it to a place, or that a label was ignored; what the trust file would refuse now is not signed.',
    source: 'it confidently applied changes to the wrong environment',
  },
  {
    id: 'APPROVE-34',
    behaviour:
      'However many resources a change has, what an approver reads is bounded: what destroys is named, the rest counted by type and module, and what is left out is counted too.',
    source: 'A correct proposal that a human glances at before executing costs you thirty seconds.',
  },
  {
    id: 'APPROVE-35',
    behaviour:
      'What a person decides on is folded anew from its signed events, never taken from the summary in the store; where anything of it does not hold, nothing is shown and nothing is signed.',
    source: 'trusted its self-report',
  },
];
