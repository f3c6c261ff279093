/** What the kernel promises: the life of a proposal as a pure state machine, and the words that it is told in. */

import type { Requirement } from './requirement.ts';

const LOOP =
  'The agents doing useful infrastructure work in 2026 are working in a loop: read → propose → human-in-the-loop → execute → verify.';
const NEVER = 'Never give agents the ability to execute destructive actions autonomously.';
const OTHER_ENTITY = 'the entity doing the verification shouldn’t be the same entity that took the action.';
const SELF_REPORT = 'you gave it a task with destructive side effects and trusted its self-report.';
const TWO_IS_TWO = 'They just don’t test what they’re supposed to test anymore.';

export const KERNEL_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'KERNEL-01',
    behaviour:
      'A command that the table of legal commands does not list for a state is refused, and the refusal names the command that helps.',
    source: LOOP,
  },
  {
    id: 'KERNEL-02',
    behaviour: 'A command from a kind of principal that may not ask for it is refused.',
    source: NEVER,
  },
  {
    id: 'KERNEL-03',
    behaviour:
      'No sequence of commands starts an execution without enough valid, unexpired, distinct approvals of this very bundle.',
    source: 'human approves, human executes.',
  },
  { id: 'KERNEL-04', behaviour: 'Nothing starts twice.', source: 'The state is now partially modified.' },
  {
    id: 'KERNEL-05',
    behaviour:
      'Every execution ends in a verdict, or its target stays busy or held; a held target executes nothing but a recovery.',
    source: 'You find out three hours later when something isn’t working and you start digging.',
  },
  {
    id: 'KERNEL-06',
    behaviour:
      'Every state and every event is reachable by legal commands, and a proposal that meets every demand does close.',
    source: LOOP,
  },
  {
    id: 'KERNEL-07',
    behaviour:
      'Events fold into states that carry only what is true in them; an event that a state can not have is a bug, not an answer.',
    source: 'The state file is a mess.',
  },
  {
    id: 'KERNEL-08',
    behaviour: 'A verdict is judged from answers before and after; only red before and green after confirms.',
    source: TWO_IS_TWO,
  },
  {
    id: 'KERNEL-09',
    behaviour: 'Outcome and verdict together settle what becomes of the target, by one table.',
    source: SELF_REPORT,
  },
  {
    id: 'KERNEL-10',
    behaviour: 'A JSON document has exactly one canonical text (RFC 8785), and what has none is a bug.',
    source: 'The kind of thing you catch in code review if you’re paying close attention, and miss if you’re skimming.',
  },
  {
    id: 'KERNEL-11',
    behaviour: 'Hidden characters of outside text are shown, visible ones are left alone.',
    source: 'the model is good enough to hide its failures behind plausible output.',
  },
  {
    id: 'KERNEL-12',
    behaviour: 'Sealed facts that changed, vanished or appeared are each named.',
    source: 'it confidently applied changes to the wrong environment',
  },
  {
    id: 'KERNEL-13',
    behaviour: 'A preview meets people with what destroys first, and counts a replacement as a destruction.',
    source: 'Read the diff.',
  },
  {
    id: 'KERNEL-14',
    behaviour:
      'Every operational failure has a code, a hint and one exit code; a bug is neither an answer nor a failure.',
    source: 'fails loudly when it’s stuck',
  },
  {
    id: 'KERNEL-15',
    behaviour:
      'An approval counts only when every field of its document is what the proposal and the policy say, and its signer is eligible, alive in time and strong enough.',
    source: 'A correct proposal that a human glances at before executing costs you thirty seconds.',
  },
  {
    id: 'KERNEL-16',
    behaviour:
      'Quorum counts distinct people, each once; a broken glass counts alone, needs a reason, and owes a review by somebody else.',
    source:
      'Every PR that touches deployment configs, Terraform, Kubernetes manifests, or CI pipelines gets a human pair of eyes before it merges.',
  },
  {
    id: 'KERNEL-17',
    behaviour: 'A standing grant approves in a sandbox only.',
    source: 'Give agents write access to sandboxed, reversible, non-production things.',
  },
  {
    id: 'KERNEL-18',
    behaviour:
      'A proposal is withdrawn by its proposer or the person behind it only, and expires only when its time is over.',
    source: 'Give agents the ability to propose destructive actions.',
  },
  {
    id: 'KERNEL-19',
    behaviour:
      'One target has one lock: it is busy from the claim to the verdict, and held until somebody reconciles it.',
    source: 'maybe a race condition with another deployment.',
  },
  {
    id: 'KERNEL-20',
    behaviour:
      'Only the runner that the approval names takes, starts and ends an execution, in this order, after the verifier has looked.',
    source: 'That second pattern sounds like a minor variation. It isn’t.',
  },
  {
    id: 'KERNEL-21',
    behaviour: 'A verdict is taken only when its own observations amount to it, and never from whoever executed.',
    source: OTHER_ENTITY,
  },
  {
    id: 'KERNEL-22',
    behaviour: 'A recovery proposal may run on a held target only when it recovers a proposal that holds it.',
    source: 'anything that can’t be trivially undone',
  },
  {
    id: 'KERNEL-23',
    behaviour: 'A later verdict is added and never replaces an earlier one.',
    source: 'The agent has no memory of what actually happened.',
  },
  {
    id: 'KERNEL-24',
    behaviour:
      'Words that release a held target or review a broken glass are taken only with the signature that the policy asks for, and a signature counts for this one execution or glass only.',
    source: NEVER,
  },
  {
    id: 'KERNEL-25',
    behaviour:
      'A release that its runner did not find to hold still holds the target: nothing but a recovery of it runs there.',
    source: SELF_REPORT,
  },
  {
    id: 'KERNEL-26',
    behaviour:
      'A release names as its recovery only a proposal that says it recovers this one, on the same target, closed and confirmed.',
    source: SELF_REPORT,
  },
  {
    id: 'KERNEL-27',
    behaviour: 'Nothing is sealed with two checks of one name: one answer would judge them both.',
    source: TWO_IS_TWO,
  },
  {
    id: 'KERNEL-28',
    behaviour:
      'One place has one lock, whatever its targets are called: what executes there or left it in doubt under one name stops every other name.',
    source: 'maybe a race condition with another deployment.',
  },
  {
    id: 'KERNEL-29',
    behaviour:
      'What was executed or closed by words that an approver disowned is released by an approver’s signature, and by no word without one.',
    source: SELF_REPORT,
  },
];
