/** `countersign propose DRIVER`: a change becomes a sealed bundle with a preview. Agents may. */

import { buildCommand, buildRouteMap, type Command, type RouteMap } from '@stricli/core';
import type { CliContext } from '../context.ts';
import { asTyped } from '../flags/as-typed.ts';
import { JSON_FLAG } from '../flags/json-flag.ts';
import { PROPOSE_FLAGS } from '../flags/propose.ts';

const terraformCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/propose.ts')).runProposeTerraform,
  parameters: {
    flags: {
      json: JSON_FLAG,
      ...PROPOSE_FLAGS,
      dir: { kind: 'parsed', parse: asTyped, brief: 'The configuration directory', default: '.' },
      tool: {
        kind: 'enum',
        values: ['terraform', 'tofu'],
        brief: 'The program; left out, OpenTofu where *.tofu files lie or Terraform is missing',
        optional: true,
      },
    },
    positional: {
      kind: 'array',
      parameter: { brief: 'Options for terraform plan, after --', placeholder: 'plan-option', parse: asTyped },
    },
  },
  docs: {
    brief: 'Plan a Terraform change and seal the plan',
    fullDescription: [
      'Plans in a private copy, seals plan, directory, tool, state serial and environment, and prints the proposal.',
      'Nothing is changed. The id is the first word on stdout.',
      '',
      'Examples:',
      '  countersign propose terraform --dir infra --target infra --intent "rotate the cache nodes"',
      '  countersign propose terraform --dir infra --target infra --intent "one node" -- -target=module.cache',
      '  countersign propose terraform --target web --intent "a second zone" -- -chdir=live/web',
    ].join('\n'),
  },
});

const sqliteCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/propose.ts')).runProposeSqlite,
  parameters: {
    flags: {
      json: JSON_FLAG,
      ...PROPOSE_FLAGS,
      database: { kind: 'parsed', parse: asTyped, brief: 'The SQLite database file' },
      migration: { kind: 'parsed', parse: asTyped, brief: 'The SQL file, run in one transaction' },
    },
  },
  docs: {
    brief: 'Try a migration on a copy of a SQLite database and seal it',
    fullDescription: [
      'Runs the migration on a copy, shows what it does to schema and rows, and seals it. The database itself is not touched.',
      '',
      'Example:',
      '  countersign propose sqlite --database shop.db --migration 004.sql --target shop-db --intent "add orders.paid_at"',
    ].join('\n'),
  },
});

const argvCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/propose.ts')).runProposeArgv,
  parameters: {
    flags: {
      json: JSON_FLAG,
      ...PROPOSE_FLAGS,
      dir: { kind: 'parsed', parse: asTyped, brief: 'The working directory, whose bytes are sealed', default: '.' },
      stdin: { kind: 'parsed', parse: asTyped, brief: 'A file for its standard input', optional: true },
    },
    positional: {
      kind: 'array',
      minimum: 1,
      parameter: { brief: 'The command and its arguments, after --', placeholder: 'command', parse: asTyped },
    },
  },
  docs: {
    brief: 'Seal an exact command; what it does cannot be predicted',
    fullDescription: [
      'Seals the exact program, arguments, directory, environment and input. No shell is added.',
      'Nobody can predict what a command does, so say with --check how the world will show that it worked:',
      'without a check the verdict can only be inconclusive, and the target is held afterwards.',
      '',
      'Examples:',
      `  countersign propose argv --target web --intent "restart the web tier" \\`,
      `    --check '{http: {url: "http://127.0.0.1:8080/health", expect: {status: 200}}}' -- ./restart.sh web`,
    ].join('\n'),
  },
});

/** All ways to propose. */
export const proposeRoutes: RouteMap<CliContext> = buildRouteMap({
  routes: { terraform: terraformCommand, sqlite: sqliteCommand, argv: argvCommand },
  docs: { brief: 'Propose a change: plan it, seal it, show what it would do' },
});
