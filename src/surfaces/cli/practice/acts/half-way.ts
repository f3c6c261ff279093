/** Act: a change that fails half-way, shown as what it is beside what the agent claims. */

import { EXIT, type ExitCode, type OutcomeKind } from '../../../../kernel/index.ts';
import type { Act, Step } from '../act.ts';
import type { Place } from '../place.ts';
import { INFRA_TARGET, SCRIPT_TARGET } from '../practice-trust.ts';
import { approveStep, executeStep, verifyStep } from './person-steps.ts';

/** What differs between the two tools that the act can be played with. */
type RollOut = {
  readonly target: string;
  readonly broken: { readonly example: string; readonly path: string };
  readonly mendedExample: string;
  readonly propose: readonly string[];
  /** Follows the intent and the checks. */
  readonly proposeEnd: readonly string[];
  readonly outcome: OutcomeKind;
  readonly executeExit: ExitCode;
  readonly reading: string;
};

function terraformRollOut(): RollOut {
  return {
    target: INFRA_TARGET,
    broken: { example: 'shipping.tf', path: 'work/infra/shipping.tf' },
    mendedExample: 'shipping-mended.tf',
    propose: ['propose', 'terraform', '--dir', 'work/infra'],
    proposeEnd: [],
    outcome: 'partial',
    executeExit: EXIT.partial,
    reading: 'Two resources are there, the third is half made, the fourth was never begun.',
  };
}

function scriptRollOut(place: Place): RollOut {
  return {
    target: SCRIPT_TARGET,
    broken: { example: 'roll-out.sh', path: 'work/roll-out/roll-out.sh' },
    mendedExample: 'roll-out-mended.sh',
    propose: ['propose', 'argv', '--dir', 'work/roll-out'],
    proposeEnd: ['--', 'sh', 'roll-out.sh', place.settings],
    outcome: 'indeterminate',
    executeExit: EXIT.indeterminate,
    reading: 'It exited with 7. How far it came, no exit code says: the outcome is not guessed.',
  };
}

/** The act of the half-failed change, with Terraform where there is one, else with a deploy script. */
export function halfWayAct(place: Place, hasTerraform: boolean): Act {
  const rollOut = hasTerraform ? terraformRollOut() : scriptRollOut(place);
  return {
    title: 'Act 3: half-way',
    steps: [...failure(place, rollOut), ...ownHands(place, rollOut), ...repair(rollOut)],
  };
}

function proposeStep(place: Place, rollOut: RollOut, intent: string, saves: string): Step {
  const check = `{id: dispatch-is-on, file: {path: "${place.settings}/dispatch.conf", expect: {contains: "dispatch=on"}}}`;
  const args = [...rollOut.propose, '--target', rollOut.target, '--intent', intent, '--check', check];
  return { kind: 'command', by: 'agent', args: [...args, ...rollOut.proposeEnd], exit: EXIT.done, saves };
}

function failure(place: Place, rollOut: RollOut): readonly Step[] {
  return [
    { kind: 'agent-says', text: 'Next is shipping: four steps, one after the other.' },
    { kind: 'write', ...rollOut.broken },
    proposeStep(place, rollOut, 'roll out shipping', 'shipping'),
    approveStep('shipping', rollOut.target),
    executeStep('shipping', rollOut.executeExit),
    { kind: 'tell', text: rollOut.reading },
    {
      kind: 'command',
      by: 'agent',
      args: ['comment', '@shipping', '--text', 'Done, everything was applied. Shipping is live.'],
      exit: EXIT.done,
    },
    { kind: 'tell', text: 'That claim is kept, as words. Now somebody looks who neither proposed nor executed.' },
    verifyStep('shipping', EXIT.refuted),
    { kind: 'command', by: 'person', args: ['show', '@shipping'], exit: EXIT.done },
    {
      kind: 'settled',
      proposal: 'shipping',
      row: 'the change that failed half-way',
      expected: { state: 'held', outcome: rollOut.outcome, verdict: 'refuted' },
    },
  ];
}

function ownHands(place: Place, rollOut: RollOut): readonly Step[] {
  return [
    {
      kind: 'agent-says',
      text: 'The directory of the third step was missing. I mend the change and put it through myself.',
    },
    { kind: 'write', example: rollOut.mendedExample, path: rollOut.broken.path },
    proposeStep(place, rollOut, 'finish shipping: make the directory first', 'mended'),
    {
      kind: 'command',
      by: 'agent',
      args: ['approve', '@mended', '--ssh-key', 'keys/practice', '--confirm', rollOut.target],
      exit: EXIT.refused,
      says: 'AGENT_SESSION',
      row: 'the agent approves its own change',
    },
    {
      kind: 'command',
      by: 'agent',
      args: ['execute', '@mended'],
      exit: EXIT.refused,
      says: 'AGENT_SESSION',
      row: 'the agent executes its own change',
    },
    {
      kind: 'tell',
      text: 'An agent may read, propose, comment and take its own proposal back. Nothing else, by any door.',
    },
  ];
}

function repair(rollOut: RollOut): readonly Step[] {
  return [
    approveStep('mended', rollOut.target),
    {
      ...executeStep('mended', EXIT.refused),
      says: 'TARGET_HELD',
      row: 'the next execution on the held target',
    },
    {
      kind: 'tell',
      text: 'The target is held: nothing else is put on top of a world that nobody has looked at. So look.',
    },
    { kind: 'program', by: 'person', argv: ['ls', 'desk/settings'], exit: 0 },
    {
      kind: 'command',
      by: 'person',
      args: [
        'reconcile',
        '@shipping',
        '--note',
        'looked at it: no dispatch yet, nothing to clean up; the mended change goes on from here',
      ],
      exit: EXIT.done,
    },
    executeStep('mended', EXIT.done),
    verifyStep('mended', EXIT.done),
    {
      kind: 'settled',
      proposal: 'mended',
      row: 'the mended change',
      expected: { state: 'closed', outcome: 'completed', verdict: 'confirmed' },
    },
    {
      kind: 'settled',
      proposal: 'shipping',
      row: 'the half-way change, afterwards',
      expected: { state: 'closed', outcome: rollOut.outcome, verdict: 'refuted' },
    },
  ];
}
