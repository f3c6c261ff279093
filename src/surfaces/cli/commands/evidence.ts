/** `countersign evidence add`: what was read or run becomes something that can be cited. Agents may. */

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
      'It proves that these bytes were recorded then and by whom; not that the world was so.',
      '',
      'Example:',
      '  countersign evidence add --about "disk usage of db-1" --file df.txt',
    ].join('\n'),
  },
});

/** Evidence. */
export const evidenceRoutes: RouteMap<CliContext> = buildRouteMap({
  routes: { add: addCommand },
  docs: { brief: 'Record what proposals rest on' },
});
