/** `countersign recover ID`: what a held target needs, and its recovery as a proposal. Agents may. */

import { buildCommand, type Command } from '@stricli/core';
import type { CliContext } from '../context.ts';
import { asTyped } from '../flags/as-typed.ts';
import { JSON_FLAG } from '../flags/json-flag.ts';
import { PROPOSE_FLAGS } from '../flags/propose.ts';

const { check, checks, env, secretEnv, evidence } = PROPOSE_FLAGS;

/** Shows the ways back, or proposes one. */
export const recoverCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/recover.ts')).runRecover,
  parameters: {
    flags: {
      json: JSON_FLAG,
      with: {
        kind: 'enum',
        values: ['push-state', 'force-unlock', 'untaint', 'import', 'replan'],
        brief: 'Propose this recovery',
        optional: true,
      },
      intent: { kind: 'parsed', parse: asTyped, brief: 'What it is for, in one sentence', optional: true },
      check,
      checks,
      env,
      secretEnv,
      evidence,
    },
    positional: {
      kind: 'array',
      minimum: 1,
      parameter: {
        brief: 'The held proposal, or the beginning of its id; then what the recovery is about',
        placeholder: 'proposal',
        parse: asTyped,
      },
    },
  },
  docs: {
    brief: 'Show what a held target needs, and propose its recovery',
    fullDescription: [
      'Looks at what a held execution left, and says in plain words what is wrong, which ways back there are, and what speaks for',
      'each. It reads and proposes; nothing is changed before a person approved it and a runner ran it. The state lock of a remote',
      'backend can only be looked at by asking for it: where nobody holds it, it is taken for a moment.',
      '',
      'With --with it proposes one of them, for the same place and with the same variables as the held change:',
      '  push-state               write the errored.tfstate that the backend did not take',
      "  force-unlock             remove the lock that a dead execution left; only with proof that it is this one's",
      '  untaint ADDRESS          take back that an object was left half-made, when it is whole',
      '  import ADDRESS=ID…       take objects that exist into the state, with the rest of the plan',
      '  replan                   plan what is left',
      'Options for terraform plan follow after --, for import and replan.',
      '',
      'The recovery goes the same way as any change: approve, execute, verify. Then release the target:',
      '  countersign reconcile ID --through RECOVERY --note TEXT',
      '',
      'Examples:',
      '  countersign recover p-7k3m9q2x1a',
      '  countersign recover p-7k3m9q2x1a --with push-state',
      '  countersign recover p-7k3m9q2x1a --with import "aws_instance.web=i-0abc"',
      '  countersign recover p-7k3m9q2x1a --with replan -- -target=module.cache',
    ].join('\n'),
  },
});
