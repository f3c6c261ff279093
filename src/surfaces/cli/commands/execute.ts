/** `countersign execute ID` and `countersign runner`: exactly what was approved, once. */

import { buildCommand, type Command } from '@stricli/core';
import type { CliContext } from '../context.ts';
import { JSON_FLAG } from '../flags/json-flag.ts';
import { PROPOSAL_POSITIONAL } from '../flags/proposal-positional.ts';

/** Executes one approved proposal at a person's terminal. */
export const executeCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/execute.ts')).runExecute,
  parameters: { flags: { json: JSON_FLAG }, positional: PROPOSAL_POSITIONAL },
  docs: {
    brief: 'Execute an approved proposal, once',
    fullDescription: [
      'Checks signatures, quorum, policy, preview and every sealed fact again by itself, then runs exactly that, once.',
      'The exit code is about the outcome: 0 completed, 1 refused or stale (nothing ran), 4 partial, 5 indeterminate.',
      'It is not the verdict: countersign verify asks the world.',
      'Ctrl-C asks the tool to stop, once, and waits for it.',
      '',
      'Example:',
      '  countersign execute p-7k3m9q2x1a && countersign verify p-7k3m9q2x1a',
    ].join('\n'),
  },
});

/** Destroys what must not outlive a proposal; commands that end one start this as a process of its own. */
export const sweepCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/sweep.ts')).runSweep,
  parameters: { flags: { json: JSON_FLAG }, positional: PROPOSAL_POSITIONAL },
  docs: { brief: 'Destroy the secrets of a proposal that is over' },
});

/** Executes approved proposals as they come. */
export const runnerCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/execute.ts')).runRunner,
  parameters: { flags: { json: JSON_FLAG } },
  docs: {
    brief: 'Execute approved proposals as they come',
    fullDescription:
      'Runs until it is stopped. At its start it says what became of executions that a crash cut off.\n\nExample:\n  countersign runner',
  },
});
