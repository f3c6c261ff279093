/** `countersign trust …` and `countersign approver add`: the operator's rules, out of the agent's reach. */

import { buildCommand, buildRouteMap, type Command, type RouteMap } from '@stricli/core';
import type { CliContext } from '../context.ts';
import { asTyped } from '../flags/as-typed.ts';
import { JSON_FLAG } from '../flags/json-flag.ts';

const addCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/trust.ts')).runApproverAdd,
  parameters: {
    flags: {
      json: JSON_FLAG,
      sshKey: { kind: 'parsed', parse: asTyped, brief: "The approver's public key file" },
      account: {
        kind: 'parsed',
        parse: asTyped,
        brief: 'Their operating-system account, which four eyes needs; may be repeated',
        variadic: true,
        default: [],
      },
      signWith: { kind: 'parsed', parse: asTyped, brief: "A present approver's private key", optional: true },
    },
    positional: {
      kind: 'tuple',
      parameters: [{ brief: 'The name of the approver', placeholder: 'name', parse: asTyped }],
    },
  },
  docs: {
    brief: 'Let somebody approve: the first on first use, later ones by signature',
    fullDescription: [
      'Adds an approver to the trust file. The first one makes the file, with keys for a runner and a verifier, and is',
      'trusted on first use. Every later change needs the signature of somebody who is in it already.',
      '',
      'Examples:',
      '  countersign approver add ann --ssh-key ~/.ssh/id_ed25519.pub',
      '  countersign approver add bob --ssh-key bob.pub --account bob --sign-with ~/.ssh/id_ed25519',
    ].join('\n'),
  },
});

const initCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/trust.ts')).runTrustInit,
  parameters: {
    flags: {
      json: JSON_FLAG,
      approver: { kind: 'parsed', parse: asTyped, brief: 'The name of the first approver' },
      sshKey: { kind: 'parsed', parse: asTyped, brief: "The first approver's public key file" },
    },
  },
  docs: {
    brief: 'Write a commented trust file',
    fullDescription: 'Example:\n  countersign trust init --approver ann --ssh-key ~/.ssh/id_ed25519.pub',
  },
});

const checkCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/trust.ts')).runTrustCheck,
  parameters: { flags: { json: JSON_FLAG } },
  docs: {
    brief: 'Read the trust file and say whether runner and verifier accept it',
    fullDescription: 'Errors name file, line and column.\n\nExample:\n  countersign trust check',
  },
});

const signCommand: Command<CliContext> = buildCommand({
  loader: async () => (await import('../run/trust.ts')).runTrustSign,
  parameters: {
    flags: { json: JSON_FLAG, sshKey: { kind: 'parsed', parse: asTyped, brief: "A present approver's private key" } },
  },
  docs: {
    brief: 'Sign the trust file after a change',
    fullDescription: 'Example:\n  countersign trust sign --ssh-key ~/.ssh/id_ed25519',
  },
});

/** Who may approve. */
export const approverRoutes: RouteMap<CliContext> = buildRouteMap({
  routes: { add: addCommand },
  docs: { brief: 'Say who may approve' },
});

/** The trust file. */
export const trustRoutes: RouteMap<CliContext> = buildRouteMap({
  routes: { init: initCommand, check: checkCommand, sign: signCommand },
  docs: { brief: 'Keep the trust file: targets, policy, approvers' },
});
