/** `countersign show ID`: everything about one proposal. */

import { buildCommand, type Command } from '@stricli/core';
import type { CliContext } from '../context.ts';
import { JSON_FLAG } from '../flags/json-flag.ts';
import { PROPOSAL_POSITIONAL } from '../flags/proposal-positional.ts';

/** Shows one proposal: outcome and verdict side by side. */
export const showCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/show.ts')).runShow,
  parameters: { flags: { json: JSON_FLAG }, positional: PROPOSAL_POSITIONAL },
  docs: {
    brief: 'Show one proposal: outcome and verdict side by side',
    fullDescription: [
      'Shows one proposal: what was asked for, what the runner observed, what the verifier found, and what to do next.',
      'Every signature is checked. What does not hold is named at the top, and shown neither as an outcome nor as a verdict.',
      'Exits with 0 when it holds, 6 when something in it does not.',
      '',
      'Examples:',
      '  countersign show p-7k3m9q2x1a',
      '  countersign show p-7k --json | jq .verdict',
    ].join('\n'),
  },
});
