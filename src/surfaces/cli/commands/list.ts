/** `countersign list`: proposals at a glance. */

import { buildCommand, type Command } from '@stricli/core';
import { Failure } from '../../../kernel/index.ts';
import type { CliContext } from '../context.ts';
import { asTyped } from '../flags/as-typed.ts';
import { JSON_FLAG } from '../flags/json-flag.ts';

const MOST = 1_000;

/** Lists proposals, newest first. */
export const listCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/list.ts')).runList,
  parameters: {
    flags: {
      json: JSON_FLAG,
      target: { kind: 'parsed', parse: asTyped, brief: 'Only proposals for this target', optional: true },
      state: { kind: 'parsed', parse: asTyped, brief: 'Only proposals in this state (open, held, …)', optional: true },
      limit: { kind: 'parsed', parse: readLimit, brief: `At most so many, 1 to ${MOST}`, default: '50' },
    },
  },
  docs: {
    brief: 'List proposals, newest first',
    fullDescription: [
      'Lists proposals: id, state, outcome, verdict, target, age, intent. Signatures are checked as `show` does.',
      'Exits with 0 when every row holds, 6 when something in one does not.',
      '',
      'Examples:',
      '  countersign list',
      '  countersign list --state held',
      '  countersign list --target shop-db --json | jq -r .proposals[].id',
    ].join('\n'),
  },
});

function readLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST) return limit;
  throw new Failure('USAGE', `--limit takes a whole number from 1 to ${MOST}, not ${JSON.stringify(text)}`, {
    hint: 'leave it out for 50',
  });
}
