/** `countersign evidence …`: what was read or run becomes something that can be cited, and read again. Agents may. */

import { buildCommand, buildRouteMap, type Command, type RouteMap } from '@stricli/core';
import type { CliContext } from '../context.ts';
import { asTyped } from '../flags/as-typed.ts';
import { JSON_FLAG } from '../flags/json-flag.ts';

const addCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/evidence.ts')).runEvidenceAdd,
  parameters: {
    flags: {
      json: JSON_FLAG,
      about: { kind: 'parsed', parse: asTyped, brief: 'What was read or run, in one line' },
      file: { kind: 'parsed', parse: asTyped, brief: 'The file that holds what was seen' },
      run: { kind: 'boolean', brief: 'It is the output of a run; a read otherwise', default: false },
      secretEnv: {
        kind: 'parsed',
        parse: asTyped,
        brief: 'A variable whose value is masked in what is recorded; may be repeated',
        variadic: true,
        default: [],
      },
    },
  },
  docs: {
    brief: 'Record what was read or run, so that it can be cited',
    fullDescription: [
      'Records bytes under an id and a digest, masked, in the chain. A proposal cites it with --evidence ID.',
      'It proves that these bytes were recorded then; not that the world was so. Who recorded them, and what they are about, is the record’s own word.',
      '',
      'Example:',
      '  countersign evidence add --about "disk usage of db-1" --file df.txt',
    ].join('\n'),
  },
});

const showCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/evidence.ts')).runEvidenceShow,
  parameters: {
    flags: { json: JSON_FLAG },
    positional: {
      kind: 'tuple',
      parameters: [{ brief: 'The id that evidence add printed', placeholder: 'id', parse: asTyped }],
    },
  },
  docs: {
    brief: 'Show what was recorded: what it is about, by whom, when, and the bytes',
    fullDescription: [
      'Shows evidence as it was recorded. Its bytes are checked by their digest; control characters in them are made visible.',
      'Exits with 0 when the bytes are those that were recorded, 6 when they are gone or changed.',
      '',
      'Example:',
      '  countersign evidence show 0b5c6d7e8f90a1b2c3d4e5f607',
    ].join('\n'),
  },
});

/** Evidence. */
export const evidenceRoutes: RouteMap<CliContext> = buildRouteMap({
  routes: { add: addCommand, show: showCommand },
  docs: { brief: 'Record and show what proposals rest on' },
});
