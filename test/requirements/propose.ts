/** What proposing promises: a change becomes a sealed bundle, once, and nothing is changed or shown that must not be. */

import type { Requirement } from './requirement.ts';

const PROPOSES = 'Give agents the ability to propose destructive actions.';
const NEVER = 'Never give agents the ability to execute destructive actions autonomously.';
const WRONG_ENVIRONMENT =
  'the third run where it confidently applied changes to the wrong environment because the context window didn’t fit all the state it needed.';
const THIRTY_SECONDS = 'A correct proposal that a human glances at before executing costs you thirty seconds.';
const TWO_IS_TWO = 'They just don’t test what they’re supposed to test anymore.';
const NO_MEMORY = 'The agent has no memory of what actually happened.';
const MALFORM =
  'Structured output (JSON for tool calls, YAML for configs) would silently malform under load. The agent would continue as if the output was valid.';
const STRUCTURE =
  'If you want it to find the right path, you need to close off the wrong ones structurally, not just through prompting.';
const CONTEXT = 'Context leaking between tasks.';

export const PROPOSE_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'PROPOSE-01',
    behaviour:
      'A retry of the same change finds its draft: whoever asks, in whatever words, nothing is planned twice and there are never two proposals of one draft under way.',
    source: NO_MEMORY,
  },
  {
    id: 'PROPOSE-02',
    behaviour:
      'A changed source makes a new proposal that takes the place of the same person’s older one, unless people have approved that already.',
    source: NO_MEMORY,
  },
  {
    id: 'PROPOSE-03',
    behaviour:
      'What can’t be planned is recorded as unplannable, with the reason and the next step, and leaves nothing behind.',
    source: 'It did not fail loudly.',
  },
  {
    id: 'PROPOSE-04',
    behaviour:
      'The bundle digest is the digest of the manifest’s canonical bytes, and the manifest is stored under it with every blob that it names.',
    source: THIRTY_SECONDS,
  },
  {
    id: 'PROPOSE-05',
    behaviour:
      'Environment, runner and mandated checks come from the policy by the facts of the plan; the proposer’s word decides none of them.',
    source: WRONG_ENVIRONMENT,
  },
  {
    id: 'PROPOSE-06',
    behaviour:
      'Of the caller’s environment only an allow-list and what was asked for by name is sealed; PATH keeps absolute entries only.',
    source: CONTEXT,
  },
  {
    id: 'PROPOSE-07',
    behaviour:
      'A secret value is sealed to the runner, stands in no document that others read, and a request or plan that shows one is refused.',
    source: STRUCTURE,
  },
  {
    id: 'PROPOSE-08',
    behaviour:
      'Checks are read strictly: a misspelt, empty or doubled one is refused with file, line and column, and a proposal’s check can’t pass for a mandated one.',
    source: TWO_IS_TWO,
  },
  {
    id: 'PROPOSE-09',
    behaviour:
      'A verifier is asked to look once at what the policy admitted; when nobody can look, the proposal stays and says so.',
    source: TWO_IS_TWO,
  },
  {
    id: 'PROPOSE-10',
    behaviour:
      'Whatever dies between two steps, a retry or a resumption brings the proposal to where it would have been, or says that it is unplannable.',
    source: NO_MEMORY,
  },
  {
    id: 'PROPOSE-11',
    behaviour: 'Hostile intents, names and arguments are refused or made visible; none of them breaks the record.',
    source: MALFORM,
  },
  {
    id: 'PROPOSE-12',
    behaviour: 'What the policy refuses is recorded as refused with its rules, and no check of it is put to the world.',
    source: NEVER,
  },
  {
    id: 'PROPOSE-13',
    behaviour: 'What is sealed opens with the recipient’s key, and with no other; no message holds a key.',
    source: PROPOSES,
  },
  {
    id: 'PROPOSE-14',
    behaviour: 'A command check is sealed with every file that it runs, or the change is not proposed.',
    source: PROPOSES,
  },
];
