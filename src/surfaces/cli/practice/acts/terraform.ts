/** Act: a real Terraform change, checked by a fresh plan and by the file that it is to make. */

import { EXIT } from '../../../../kernel/index.ts';
import type { Act } from '../act.ts';
import type { Place } from '../place.ts';
import { INFRA_TARGET } from '../practice-trust.ts';
import { approveStep, executeStep, verifyStep } from './person-steps.ts';

/** The Terraform act. `skipped` says why it can't be played. */
export function terraformAct(place: Place, skipped: string | undefined): Act {
  const check = `{id: intake-settings, file: {path: "${place.settings}/intake.conf", expect: {contains: "depth=100"}}}`;
  return {
    title: 'Act 2: a Terraform change',
    skipped,
    steps: [
      {
        kind: 'agent-says',
        text: 'The order desk needs its intake queue. That is infrastructure: I write the Terraform.',
      },
      { kind: 'write', example: 'main.tf', path: 'work/infra/main.tf' },
      {
        kind: 'tell',
        text: 'The plan is made in a private copy and sealed with everything around it: the directory, the terraform binary,\nthe state behind it. A provisioner is a hole in any plan, so the preview says that it can not be predicted.',
      },
      {
        kind: 'command',
        by: 'agent',
        args: [
          ...['propose', 'terraform', '--dir', 'work/infra', '--target', INFRA_TARGET],
          ...['--intent', 'give the order desk its intake queue', '--check', check],
        ],
        exit: EXIT.done,
        saves: 'queue',
      },
      approveStep('queue', INFRA_TARGET),
      executeStep('queue', EXIT.done),
      verifyStep('queue', EXIT.done),
      {
        kind: 'settled',
        proposal: 'queue',
        row: 'the Terraform change',
        expected: { state: 'closed', outcome: 'completed', verdict: 'confirmed' },
      },
    ],
  };
}
