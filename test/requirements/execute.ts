/** What the runner promises: at most once, exactly what was approved, and no word better than what was observed. */

import type { Requirement } from './requirement.ts';

const HUMAN_EXECUTES =
  'The pattern that works every single time: agent reads, proposes, human approves, human executes.';
const HALF_DONE =
  'The apply fails halfway through — maybe a resource limit, maybe a provider timeout, maybe a race condition with another deployment.';
const PARTIAL = 'The state is now partially modified.';
const SELF_REPORT = 'you gave it a task with destructive side effects and trusted its self-report.';
const WRONG_WORLD =
  'the third run where it confidently applied changes to the wrong environment because the context window didn’t fit all the state it needed.';
const NO_MEMORY = 'The agent has no memory of what actually happened.';
const ASYMMETRIC = 'the consequences of a confident wrong answer in infrastructure are asymmetric.';
const NEVER_TOUCHES = 'Never touches production directly';

export const EXECUTE_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'EXECUTE-01',
    behaviour:
      'An approved bundle runs once, on the runner that it was approved for, and every step stands in the record.',
    source: HUMAN_EXECUTES,
  },
  {
    id: 'EXECUTE-02',
    behaviour:
      'When the runner is killed at any step, the next start starts nothing again that began, and gives back what never began.',
    source: PARTIAL,
  },
  {
    id: 'EXECUTE-03',
    behaviour:
      'After a crash no outcome is better than what was observed, and the target stays held until it is verified.',
    source: SELF_REPORT,
  },
  {
    id: 'EXECUTE-04',
    behaviour: 'Of several executors that race for one proposal exactly one runs it.',
    source: 'maybe a race condition with another deployment.',
  },
  {
    id: 'EXECUTE-05',
    behaviour: 'A sealed fact that differs before the intent is stale and named; nothing ran and nothing is spent.',
    source: WRONG_WORLD,
  },
  {
    id: 'EXECUTE-06',
    behaviour: 'A difference found after the intent is stale as well, and the approvals are spent.',
    source: WRONG_WORLD,
  },
  {
    id: 'EXECUTE-07',
    behaviour:
      'The runner believes signatures, quorum, policy, environment and its own identity by its pinned trust alone.',
    source: NEVER_TOUCHES,
  },
  {
    id: 'EXECUTE-08',
    behaviour:
      'A bundle, a blob, a record or a preview that is not what people signed is refused before anything runs.',
    source: 'Diff review, not just “is CI green?”',
  },
  {
    id: 'EXECUTE-09',
    behaviour: 'A ledger that can’t be written stops the execution before anything runs, and nothing is spent.',
    source: 'Does it fail loudly or quietly?',
  },
  {
    id: 'EXECUTE-10',
    behaviour: 'A record that was restored from an older copy does not bring back what the ledger knows to have begun.',
    source: NO_MEMORY,
  },
  {
    id: 'EXECUTE-11',
    behaviour: 'Without the verifier’s look right before, nothing starts, and the claim is given back.',
    source: 'destructive actions require verification',
  },
  {
    id: 'EXECUTE-12',
    behaviour:
      'Output is recorded while the tool runs, with every secret masked in its common spellings, however the stream is cut.',
    source: 'maybe a resource limit, maybe a provider timeout',
  },
  {
    id: 'EXECUTE-13',
    behaviour: 'A tool is asked to stop once, with SIGTERM, is never killed, and is watched to its end.',
    source: HALF_DONE,
  },
  {
    id: 'EXECUTE-14',
    behaviour:
      'A signal, a lost end, a surviving process or a trace that can’t be read makes the outcome indeterminate, whatever the driver says.',
    source: SELF_REPORT,
  },
  {
    id: 'EXECUTE-15',
    behaviour:
      'What a dead runner left running is found by its mark and asked to stop; what does not stop is reported.',
    source: 'You find out three hours later when something isn’t working and you start digging.',
  },
  {
    id: 'EXECUTE-16',
    behaviour:
      'At the end the sealed secrets and the run directory are destroyed, and not before; what ran out is ended by whoever sweeps.',
    source: ASYMMETRIC,
  },
  {
    id: 'EXECUTE-17',
    behaviour:
      'The runner service executes what was approved for it, one after another, goes on after trouble, and tries again later.',
    source: 'The agents doing useful infrastructure work in 2026 are working in a loop',
  },
  {
    id: 'EXECUTE-18',
    behaviour: 'Keys are made once, durably, readable by their owner alone; a key that others could read is refused.',
    source: NEVER_TOUCHES,
  },
  {
    id: 'EXECUTE-19',
    behaviour:
      'The tool runs in the sealed environment alone, from a private copy, in a session of its own, with its output in files.',
    source: WRONG_WORLD,
  },
  {
    id: 'EXECUTE-20',
    behaviour: 'A runner whose claim was given up can neither start, end nor release what another claim holds.',
    source: 'maybe a race condition with another deployment.',
  },
  {
    id: 'EXECUTE-21',
    behaviour:
      'Nothing of a bundle is unpacked or run before the signatures of people hold and its program is the sealed one.',
    source: WRONG_WORLD,
  },
  {
    id: 'EXECUTE-22',
    behaviour:
      'The runner folds the record for itself: a summary, a hold or an approval that was edited stops it, and nothing runs.',
    source: SELF_REPORT,
  },
  {
    id: 'EXECUTE-23',
    behaviour:
      'The runner counts the uses of a standing grant in its own ledger, and a record that forgot one brings none back.',
    source: SELF_REPORT,
  },
  {
    id: 'EXECUTE-24',
    behaviour:
      'Under a standing grant a program runs only from where nobody but root and the runner’s account could have put it.',
    source: NEVER_TOUCHES,
  },
  {
    id: 'EXECUTE-30',
    behaviour:
      'A runner believes the word that released a target by its own trust file only; where the signature is forged, or missing and asked for, the target stays held for it until a person signs.',
    source: 'you gave it a task with destructive side effects and trusted its self-report.',
  },
];
