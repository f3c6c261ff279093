/** The commands by which a person answers for what happened: reconcile and review. */

import { buildCommand, type Command } from '@stricli/core';
import type { CliContext } from '../context.ts';
import { asTyped } from '../flags/as-typed.ts';
import { JSON_FLAG } from '../flags/json-flag.ts';
import { PROPOSAL_POSITIONAL } from '../flags/proposal-positional.ts';

const SSH_KEY = {
  kind: 'parsed',
  parse: asTyped,
  brief: 'Sign it with your SSH private key, or with the .pub file of a key that your ssh-agent holds',
  optional: true,
} as const;

/** Releases a held target after a person looked at the world. */
export const reconcileCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/release.ts')).runReconcile,
  parameters: {
    flags: {
      json: JSON_FLAG,
      note: { kind: 'parsed', parse: asTyped, brief: 'What you found when you looked at the world' },
      through: { kind: 'parsed', parse: asTyped, brief: 'The recovery proposal that put it right', optional: true },
      sshKey: SSH_KEY,
    },
    positional: PROPOSAL_POSITIONAL,
  },
  docs: {
    brief: 'Release a held target after looking at the world',
    fullDescription: [
      'A target is held when an execution ended in doubt. Look at the world yourself, then write down what you found.',
      'The note is kept in the record; an earlier verdict stays visible.',
      '',
      '--through names the recovery: proposed with --recovers ID, on the same target, closed and confirmed by the verifier.',
      '',
      'With --ssh-key your signature stands for it, and whoever executes next checks it. Without, only your',
      'operating-system account does; where the trust file says `signedReconcile: true` that is refused.',
      'A release that was recorded without a signature can be signed afterwards, by the same command.',
      '',
      'Examples:',
      '  countersign reconcile p-7k3m9q2x1a --note "disk 2 was made by hand; state matches now" --ssh-key ~/.ssh/id_ed25519',
      '  countersign reconcile p-7k3m9q2x1a --note "nothing had happened"',
    ].join('\n'),
  },
});

/** Reviews a broken glass. */
export const reviewCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/release.ts')).runReview,
  parameters: {
    flags: {
      json: JSON_FLAG,
      note: { kind: 'parsed', parse: asTyped, brief: 'What the review found' },
      sshKey: SSH_KEY,
    },
    positional: PROPOSAL_POSITIONAL,
  },
  docs: {
    brief: 'Do the review that a broken glass owes',
    fullDescription: [
      'After break-glass somebody else reviews what was done alone.',
      'With --ssh-key your signature stands for it; where the trust file says `signedReconcile: true` nothing else does.',
      '',
      'Example:',
      '  countersign review p-7k3m9q2x1a --note "right call; added a second approver to the rota" --ssh-key ~/.ssh/id_ed25519',
    ].join('\n'),
  },
});
