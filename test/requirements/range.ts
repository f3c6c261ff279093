import type { Requirement } from './requirement.ts';

/** What the practice range and the README promise a newcomer. */
export const RANGE_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'RANGE-01',
    behaviour: 'The range ends with 0 only if something was judged, every line was reached, and all came as expected.',
    source: 'The 2 == 2 test problem',
  },
  {
    id: 'RANGE-02',
    behaviour: 'A change that fails half-way stands beside what the agent claims of it, as what it is.',
    source: 'in the worst case: success',
  },
  {
    id: 'RANGE-03',
    behaviour:
      'The scripted agent types the commands that any agent types, marked as an agent, and is refused where an agent is.',
    source: 'Never give agents the ability to execute destructive actions autonomously.',
  },
  {
    id: 'RANGE-04',
    behaviour: 'The range touches nothing but its own directory, and service and directory are gone however it ended.',
    source: 'where the blast radius is my own machine',
  },
  {
    id: 'RANGE-05',
    behaviour: 'What runs on the range inherits neither credentials nor the marks of an agent that started it.',
    source: 'Context leaking between tasks.',
  },
  {
    id: 'RANGE-06',
    behaviour:
      'The person sees what is sealed before anything is approved, types it themself, and may leave at every step.',
    source: 'agent reads, proposes, human approves, human executes',
  },
  {
    id: 'RANGE-07',
    behaviour: 'What can not be played on a machine is skipped visibly, with the reason, in the table at the end.',
    source: 'Agents do not have reliable situational awareness.',
  },
  {
    id: 'RANGE-08',
    behaviour: 'Every command that the README shows runs as it stands there.',
    source: 'Let me be concrete.',
  },
  {
    id: 'RANGE-09',
    behaviour: 'Every example of the guide is read by the code that it is written for.',
    source: 'They just don’t test what they’re supposed to test anymore.',
  },
];
