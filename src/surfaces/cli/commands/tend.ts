/** `countersign doctor` and `countersign practice`. */

import { buildCommand, type Command } from '@stricli/core';
import type { CliContext } from '../context.ts';
import { JSON_FLAG } from '../flags/json-flag.ts';

/** Says what holds here: the level, and what to mend. */
export const doctorCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/doctor.ts')).runDoctor,
  parameters: { flags: { json: JSON_FLAG } },
  docs: {
    brief: 'Say whether the boundary is advisory or enforced here, why, and what to mend',
    fullDescription: 'Exits with 0 when nothing is broken, 1 when something is.\n\nExample:\n  countersign doctor',
  },
});

/** Opens the practice range. */
export const practiceCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/practice.ts')).runPracticeRange,
  parameters: {
    flags: {
      json: JSON_FLAG,
      auto: { kind: 'boolean', brief: 'Play it without a person', default: false },
      keep: { kind: 'boolean', brief: 'Keep the temporary home afterwards', default: false },
    },
  },
  docs: {
    brief: 'Practise the loop on a small real service, in a temporary home',
    fullDescription:
      'Exits with 0 only if every verdict was the expected one.\n\nExamples:\n  countersign practice\n  countersign practice --auto',
  },
});
