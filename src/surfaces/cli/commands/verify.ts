/** `countersign verify ID` and `countersign verifier`: somebody who is not the actor looks at the world. */

import { buildCommand, type Command } from '@stricli/core';
import type { CliContext } from '../context.ts';
import { JSON_FLAG } from '../flags/json-flag.ts';
import { PROPOSAL_POSITIONAL } from '../flags/proposal-positional.ts';

/** Verifies one execution. */
export const verifyCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/verify.ts')).runVerify,
  parameters: { flags: { json: JSON_FLAG }, positional: PROPOSAL_POSITIONAL },
  docs: {
    brief: 'Put the checks to the world and sign a verdict',
    fullDescription: [
      'Runs every check of the sealed bundle in its own process and compares with the answers from before.',
      'A check confirms only if it was red before and is green now.',
      'Exits with 0 confirmed, 5 inconclusive, 7 refuted. Verifying again adds a verdict; earlier ones stay.',
      'A closed Terraform change is not verified again: what a fresh plan needs was destroyed at the close.',
      '',
      'Example:',
      '  countersign verify p-7k3m9q2x1a',
    ].join('\n'),
  },
});

/** Looks at the world before an execution; runners start this as a process of its own. */
export const lookCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/verify.ts')).runLook,
  parameters: { flags: { json: JSON_FLAG }, positional: PROPOSAL_POSITIONAL },
  docs: { brief: 'Put the checks to the world before an execution' },
});

/** Verifies executions as they come. */
export const verifierCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/verify.ts')).runVerifier,
  parameters: { flags: { json: JSON_FLAG } },
  docs: {
    brief: 'Look before and verify after executions, as they come',
    fullDescription: 'Runs until it is stopped.\n\nExample:\n  countersign verifier',
  },
});
