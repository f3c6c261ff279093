/** The commands by which a person decides: approve and reject. Each takes a signature. */

import { buildCommand, type Command } from '@stricli/core';
import type { CliContext } from '../context.ts';
import { asTyped } from '../flags/as-typed.ts';
import { JSON_FLAG } from '../flags/json-flag.ts';
import { PROPOSAL_POSITIONAL } from '../flags/proposal-positional.ts';

const SSH_KEY = {
  kind: 'parsed',
  parse: asTyped,
  brief: 'Your SSH private key; or the .pub file of a key that your ssh-agent holds',
} as const;

/** Approves exactly what is shown. */
export const approveCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/decide.ts')).runApprove,
  parameters: {
    flags: {
      json: JSON_FLAG,
      sshKey: SSH_KEY,
      yes: { kind: 'boolean', brief: 'Do not ask at the terminal: this flag is the yes', default: false },
      confirm: { kind: 'parsed', parse: asTyped, brief: "Type the target's name ahead, for scripts", optional: true },
      breakGlass: {
        kind: 'boolean',
        brief: 'Approve alone where the policy lets you; a review is owed',
        default: false,
      },
      reason: { kind: 'parsed', parse: asTyped, brief: 'Why; demanded by --break-glass', default: '' },
      expiresIn: { kind: 'parsed', parse: asTyped, brief: 'How long the approval lives: 10m, 1h', optional: true },
    },
    positional: PROPOSAL_POSITIONAL,
  },
  docs: {
    brief: 'Read a proposal and approve exactly that, with your SSH key',
    fullDescription: [
      'Shows the sealed preview, rendered here from the bundle, and signs it: decision, bundle, preview, target,',
      'environment, policy, runner, expiry and a nonce that is used once.',
      'Exits with 3 while more approvals are needed.',
      '',
      'Asks before it signs wherever a terminal controls the process, also with --json or redirected streams: the preview',
      'and the question then go through that terminal. Only --yes and --confirm answer ahead. Ctrl-C or Ctrl-D at the',
      'question signs nothing and exits with 130. Where there is no controlling terminal at all (a service, CI, setsid)',
      'nothing is asked: the signature is the act.',
      '',
      'Examples:',
      '  countersign approve p-7k3m9q2x1a --ssh-key ~/.ssh/id_ed25519',
      '  countersign approve p-7k3m9q2x1a --ssh-key ~/.ssh/id_ed25519_sk.pub --confirm infra',
      '  countersign approve p-7k3m9q2x1a --ssh-key KEY --break-glass --reason "site is down, nobody answers"',
    ].join('\n'),
  },
});

/** Rejects with a reason. */
export const rejectCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/decide.ts')).runReject,
  parameters: {
    flags: {
      json: JSON_FLAG,
      sshKey: SSH_KEY,
      reason: { kind: 'parsed', parse: asTyped, brief: 'Why, for the proposer to read' },
    },
    positional: PROPOSAL_POSITIONAL,
  },
  docs: {
    brief: 'Reject a proposal, with a reason and your SSH key',
    fullDescription:
      'Signs a rejection. It also takes back an approved proposal that has not begun.\n\nExample:\n  countersign reject p-7k3m9q2x1a --ssh-key ~/.ssh/id_ed25519 --reason "this destroys the primary"',
  },
});
