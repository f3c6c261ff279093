/** What the look for drift promises. */

import type { Requirement } from './requirement.ts';

const READS = 'It reads, it reasons, it proposes. You act.';
const STATE = 'The state is now partially modified.';
const LOUD = 'does it fail loudly or quietly?';

export const DRIFT_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'DRIFT-01',
    behaviour:
      'What stands otherwise than a confirmed Terraform change left it is found by a fresh plan, named by address and action without any value, and recorded as evidence.',
    source: STATE,
  },
  {
    id: 'DRIFT-02',
    behaviour:
      'A drift opens a draft that cites the evidence and goes the ordinary way; nothing is executed, whoever looks.',
    source: READS,
  },
  {
    id: 'DRIFT-03',
    behaviour:
      'One finding has one draft: a later look finds it, a person’s no to it stands, another finding takes its place, and nobody’s own proposal is swept away.',
    source: READS,
  },
  {
    id: 'DRIFT-04',
    behaviour:
      'A configuration that is another one than was confirmed is called a change that waits, by what of it changed, and never a drift.',
    source: READS,
  },
  {
    id: 'DRIFT-05',
    behaviour:
      'What could not be looked at is named with its reason and never passes: what executes, what is held, what was never confirmed or is not believed, and what no plan can be made of.',
    source: LOUD,
  },
  {
    id: 'DRIFT-06',
    behaviour:
      'A schedule looks again until it is stopped, with one line a pass, and goes on after a pass that could not look.',
    source: LOUD,
  },
];
