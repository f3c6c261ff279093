/** What the Terraform driver promises. */

import type { Requirement } from './requirement.ts';

const HALF =
  'The apply fails halfway through — maybe a resource limit, maybe a provider timeout, maybe a race condition with another deployment.';
const REPORT = 'The problem is you gave it a task with destructive side effects and trusted its self-report.';
const GLANCE = 'A correct proposal that a human glances at before executing costs you thirty seconds.';
const WRONG_PLACE =
  'What the demos don’t show: the third run where it confidently applied changes to the wrong environment because the context window didn’t fit all the state it needed.';
const READS = 'Give agents read access.';
const PROPOSE =
  'Proposes infrastructure changes: writes the Terraform, the Ansible, the deploy script. Does not run it.';
const ENTITY =
  'destructive actions require verification, and the entity doing the verification shouldn’t be the same entity that took the action.';
const MALFORM = 'Structured output (JSON for tool calls, YAML for configs) would silently malform under load.';

export const TERRAFORM_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'TERRAFORM-01',
    behaviour: 'Planning changes nothing: neither the directory nor the state nor its lock.',
    source: PROPOSE,
  },
  {
    id: 'TERRAFORM-02',
    behaviour:
      'The outcome of an apply is read from events and state by one table, first match first, and never from the exit code.',
    source: REPORT,
  },
  {
    id: 'TERRAFORM-03',
    behaviour:
      'Each planned change has a row: done, tainted, errored, not attempted or unknown; an error alone proves no “no effect”.',
    source: HALF,
  },
  {
    id: 'TERRAFORM-04',
    behaviour:
      'The event stream is read whatever its bytes are, and whatever is no event counts against the execution.',
    source: MALFORM,
  },
  {
    id: 'TERRAFORM-05',
    behaviour:
      'The preview shows what destroys first, with reasons, attributes, what forces a replacement and what is not known yet.',
    source: GLANCE,
  },
  {
    id: 'TERRAFORM-06',
    behaviour: 'Provisioners, external programs and attached providers are shown as what can’t be foreseen.',
    source: GLANCE,
  },
  {
    id: 'TERRAFORM-07',
    behaviour: 'No sensitive value is in preview, outcome or complaint, wherever Terraform repeats it.',
    source: READS,
  },
  {
    id: 'TERRAFORM-08',
    behaviour: 'The preview computed from the bundle equals the sealed one to the byte.',
    source: GLANCE,
  },
  {
    id: 'TERRAFORM-09',
    behaviour:
      'Backend, workspace, state, configuration, lock file, providers and tool are facts: a change of any is named before the start.',
    source: WRONG_PLACE,
  },
  {
    id: 'TERRAFORM-10',
    behaviour:
      'What runs is the sealed copy, against the sealed state, with the sealed environment and the lock taken.',
    source: WRONG_PLACE,
  },
  {
    id: 'TERRAFORM-11',
    behaviour:
      'A fresh plan from the sealed configuration tells whether anything is left to change, reads the world and changes nothing.',
    source: ENTITY,
  },
  {
    id: 'TERRAFORM-12',
    behaviour:
      'What can’t be planned is answered with Terraform’s own words, the place in the configuration and a next step.',
    source: 'Does it fail loudly or quietly?',
  },
  {
    id: 'TERRAFORM-13',
    behaviour: 'Options and environment that steer Terraform past what is reviewed are refused or dropped.',
    source: 'The boundary between those two is where you put your guardrails.',
  },
  {
    id: 'TERRAFORM-14',
    behaviour:
      'For each way in which a provider can fail half-way it is known, from the real Terraform, what it says and what then stands in the world.',
    source: HALF,
  },
  {
    id: 'TERRAFORM-15',
    behaviour:
      'For each real backend it is known what its lock holds off, what is left when it refuses the state, and what a killed apply leaves.',
    source: HALF,
  },
  {
    id: 'TERRAFORM-16',
    behaviour:
      'A plan is made from what `terraform init` left in the directory: nothing is initialised anew, no registry is asked, and a directory that lacks something is told to be initialised.',
    source: READS,
  },
  {
    id: 'TERRAFORM-17',
    behaviour:
      'A state is one place from whatever directory and by whatever spelling it is named; where nobody can tell which it is, people read so; and nothing secret says which it is.',
    source: 'maybe a race condition with another deployment.',
  },
  {
    id: 'TERRAFORM-18',
    behaviour:
      'Right before an approved plan runs another one is made: an object that stands otherwise than the sealed plan found it makes it stale, by its address and without any value.',
    source: WRONG_PLACE,
  },
  {
    id: 'TERRAFORM-19',
    behaviour:
      'A plan that says other things than it said when it was sealed is found before anything runs, though Terraform’s own text and the preview are the same.',
    source: WRONG_PLACE,
  },
  {
    id: 'TERRAFORM-20',
    behaviour:
      'The directory that is planned is the one that the command means: -chdir is followed inside of it, and a Terragrunt directory is refused with what to propose instead.',
    source: WRONG_PLACE,
  },
  {
    id: 'TERRAFORM-21',
    behaviour:
      'A state that could not be saved is pushed, a lock that a dead execution left is removed, and an object that is whole is untainted: each as a proposal of its own, observed and verified in the state.',
    source: HALF,
  },
  {
    id: 'TERRAFORM-22',
    behaviour:
      'An object that exists and is in no state is imported with the rest of the plan, and what is left is planned again.',
    source: HALF,
  },
  {
    id: 'TERRAFORM-23',
    behaviour:
      'A state is pushed only onto an older one of its lineage, and a lock is removed only with proof that it is the one that this execution took and that nothing of it is alive.',
    source: WRONG_PLACE,
  },
  {
    id: 'TERRAFORM-31',
    behaviour:
      'An object that was approved to be changed in place or moved must be the very same one afterwards: another one at its address refutes, though a fresh plan finds nothing to change.',
    source: HALF,
  },
  {
    id: 'TERRAFORM-30',
    behaviour:
      'Whatever goes wrong with provider, backend, tool, runner or verifier: nothing runs twice, outcome and verdict are never better than the truth, and every held target has a way back that is a proposal or a look.',
    source: HALF,
  },
  {
    id: 'TERRAFORM-24',
    behaviour:
      'Of a provisioner it is told when it runs, over which connection, and that its failure is passed over in silence; it is listed only where its moment comes.',
    source: GLANCE,
  },
  {
    id: 'TERRAFORM-25',
    behaviour:
      'Data sources that run programs, ask servers or read other states are listed with what they ask, and whether the answer is known before the change runs.',
    source: GLANCE,
  },
  {
    id: 'TERRAFORM-26',
    behaviour:
      'The preview says of how many objects, providers and modules a plan touches how many, what it destroys first.',
    source: GLANCE,
  },
  {
    id: 'TERRAFORM-32',
    behaviour:
      'OpenTofu is used where it is asked for, where the directory holds its files, and where there is no Terraform; it is named as what it is, and a missing one by its name.',
    source: WRONG_PLACE,
  },
];
