/** `countersign record …`: what happened, and the proof that nobody changed it since. */

import { buildCommand, buildRouteMap, type Command, type RouteMap } from '@stricli/core';
import type { CliContext } from '../context.ts';
import { asTyped } from '../flags/as-typed.ts';
import { JSON_FLAG } from '../flags/json-flag.ts';

const verifyCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/record.ts')).runRecordVerify,
  parameters: {
    flags: {
      json: JSON_FLAG,
      file: {
        kind: 'parsed',
        parse: asTyped,
        brief: 'Verify an export, offline, instead of the store',
        optional: true,
      },
      trust: {
        kind: 'parsed',
        parse: asTyped,
        brief: 'With --file: whose keys to believe, a trust file or a trust-history directory; no home is opened',
        optional: true,
      },
      head: {
        kind: 'parsed',
        parse: asTyped,
        brief: 'A signed head from earlier, which the chain must reach',
        optional: true,
      },
      share: {
        kind: 'parsed',
        parse: asTyped,
        brief: 'Check every link, but the meaning and signatures of one part only, such as 1/2',
        optional: true,
      },
    },
  },
  docs: {
    brief: 'Check that the record holds together, and name the first bad entry',
    fullDescription: [
      'Exits with 0 when every entry holds, 6 when one does not.',
      'An export is judged by the trust file here, or by the one that --trust names. Without any, its chain, shapes and digests are',
      'checked, it is said that signatures were not, and the exit is 5: anybody could have made such a file.',
      'A long record is checked by two processes, a share each; a share that holds does not say that the others do.',
      '',
      'Examples:',
      '  countersign record verify',
      '  countersign record verify --file p-7k3m9q2x1a.jsonl --head head-monday.json',
      '  countersign record verify --file p-7k3m9q2x1a.jsonl --trust trust.yaml',
    ].join('\n'),
  },
});

const exportCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/record.ts')).runRecordExport,
  parameters: {
    flags: {
      json: JSON_FLAG,
      out: { kind: 'parsed', parse: asTyped, brief: 'The file to write; stdout without it', optional: true },
    },
    positional: {
      kind: 'tuple',
      parameters: [{ brief: 'One proposal; everything without it', placeholder: 'id', parse: asTyped, optional: true }],
    },
  },
  docs: {
    brief: 'Write one proposal, or everything, for an offline check',
    fullDescription: [
      "Checks the whole record first: what record verify calls broken is not exported, and the exit is 6. The verifier's key signs the",
      'head; for an agent nobody signs it, and the file says so. One proposal brings the evidence that it cites, entries and bytes.',
      '',
      'Example:',
      '  countersign record export p-7k3m9q2x1a --out p.jsonl',
    ].join('\n'),
  },
});

const showCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/record-show.ts')).runRecordShow,
  parameters: {
    flags: {
      json: JSON_FLAG,
      after: { kind: 'parsed', parse: asTyped, brief: 'Only entries after this number', default: '0' },
      limit: { kind: 'parsed', parse: asTyped, brief: 'At most so many', default: '100' },
    },
    positional: {
      kind: 'tuple',
      parameters: [{ brief: 'One proposal; everything without it', placeholder: 'id', parse: asTyped, optional: true }],
    },
  },
  docs: { brief: 'Show the entries of the record', fullDescription: 'Example:\n  countersign record show --limit 20' },
});

const headCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/record.ts')).runRecordHead,
  parameters: { flags: { json: JSON_FLAG } },
  docs: {
    brief: 'Print the signed head, to be kept somewhere else',
    fullDescription: [
      'Whoever keeps a head elsewhere (a git commit, a mail, another machine) finds any later rewriting.',
      '',
      'Example:',
      '  countersign record head > heads/$(date +%F).json && git -C heads commit -qam "head"',
    ].join('\n'),
  },
});

/** The record. */
export const recordRoutes: RouteMap<CliContext> = buildRouteMap({
  routes: { verify: verifyCommand, export: exportCommand, show: showCommand, head: headCommand },
  docs: { brief: 'Check, show and export the record' },
});
