/** The commands that only say something of a proposal: comment, withdraw, reconcile, review. */

import { buildCommand, type Command } from '@stricli/core';
import type { CliContext } from '../context.ts';
import { asTyped } from '../flags/as-typed.ts';
import { JSON_FLAG } from '../flags/json-flag.ts';
import { PROPOSAL_POSITIONAL } from '../flags/proposal-positional.ts';

/** Says something of a proposal; agents may. */
export const commentCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/speak.ts')).runComment,
  parameters: {
    flags: { json: JSON_FLAG, text: { kind: 'parsed', parse: asTyped, brief: 'What to say' } },
    positional: PROPOSAL_POSITIONAL,
  },
  docs: {
    brief: 'Say something of a proposal',
    fullDescription:
      'Adds a comment. A comment is words: it is shown beside what was observed and never taken for it.\n\nExample:\n  countersign comment p-7k3m9q2x1a --text "the second disk is the important one"',
  },
});

/** Takes a proposal back; the proposer may. */
export const withdrawCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/speak.ts')).runWithdraw,
  parameters: {
    flags: { json: JSON_FLAG, reason: { kind: 'parsed', parse: asTyped, brief: 'Why', default: 'no reason given' } },
    positional: PROPOSAL_POSITIONAL,
  },
  docs: {
    brief: 'Take your own proposal back',
    fullDescription:
      'Withdraws a proposal that has not begun. Only its proposer, or the person who runs the proposing agent, may.\n\nExample:\n  countersign withdraw p-7k3m9q2x1a --reason "wrong region"',
  },
});

/** Releases a held target after a person looked at the world. */
export const reconcileCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/speak.ts')).runReconcile,
  parameters: {
    flags: {
      json: JSON_FLAG,
      note: { kind: 'parsed', parse: asTyped, brief: 'What you found when you looked at the world' },
      through: { kind: 'parsed', parse: asTyped, brief: 'The recovery proposal that put it right', optional: true },
    },
    positional: PROPOSAL_POSITIONAL,
  },
  docs: {
    brief: 'Release a held target after looking at the world',
    fullDescription: [
      'A target is held when an execution ended in doubt. Look at the world yourself, then write down what you found.',
      'The note is kept in the record; an earlier verdict stays visible.',
      '',
      'Example:',
      '  countersign reconcile p-7k3m9q2x1a --note "disk 2 was made by hand; state matches now"',
    ].join('\n'),
  },
});

/** Reviews a broken glass. */
export const reviewCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/speak.ts')).runReview,
  parameters: {
    flags: { json: JSON_FLAG, note: { kind: 'parsed', parse: asTyped, brief: 'What the review found' } },
    positional: PROPOSAL_POSITIONAL,
  },
  docs: {
    brief: 'Do the review that a broken glass owes',
    fullDescription:
      'After break-glass somebody else reviews what was done alone.\n\nExample:\n  countersign review p-7k3m9q2x1a --note "right call; added a second approver to the rota"',
  },
});
