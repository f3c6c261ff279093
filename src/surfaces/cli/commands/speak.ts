/** The commands by which a proposal's own side says something of it: comment and withdraw. */

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
      'Withdraws a proposal that has not begun. Only its proposer (the same agent, session and account), or the person who runs the proposing agent, may.\n\nExample:\n  countersign withdraw p-7k3m9q2x1a --reason "wrong region"',
  },
});
