/** `countersign drift`: is the world still as it was confirmed? Agents and schedulers may: it reads and proposes. */

import { buildCommand, type Command } from '@stricli/core';
import type { CliContext } from '../context.ts';
import { asTyped } from '../flags/as-typed.ts';
import { readPause } from '../flags/duration.ts';
import { JSON_FLAG } from '../flags/json-flag.ts';

/** Looks for drift, once or again and again. */
export const driftCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/drift.ts')).runDrift,
  parameters: {
    flags: {
      json: JSON_FLAG,
      target: { kind: 'parsed', parse: asTyped, brief: 'Only this target; every one when left out', optional: true },
      every: { kind: 'parsed', parse: readPause, brief: 'Look again after this long: 30m, 4h, 1d', optional: true },
    },
  },
  docs: {
    brief: 'Look whether the world is still as it was confirmed, and propose to put back what drifted',
    fullDescription: [
      'For every place whose newest executed Terraform change was confirmed, plans again what was planned then, read-only, and says:',
      '  as confirmed           a fresh plan changes nothing',
      '  drifted                something stands otherwise: by address, without values. It is recorded as evidence, and a draft that',
      '                         would put it back waits for a person, once for each finding. Nothing is executed',
      '  changed configuration  the directory is not what was planned then: a change that waits, and no drift',
      '  unknown, skipped       it could not be looked at, and why; what executes or is held is not looked at',
      'The sealed configuration is destroyed when a change closes. So the real directory is planned, and only while it has the sealed',
      'digest. Give the variables that were secret then: they are taken from your environment again.',
      '',
      'With --every it looks again and again until it is stopped, with one line a pass on stderr.',
      'Exits with 0 when nothing drifted, 3 when a drift waits for a person, 5 when something could not be told.',
      '',
      'Examples:',
      '  countersign drift',
      '  countersign drift --target infra --json',
      '  countersign drift --every 4h',
    ].join('\n'),
  },
});
