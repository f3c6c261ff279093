/** The first trust file: written once, at first use, and from then on the operator's own. */

import { Failure, visibleLine } from '../../../kernel/index.ts';
import { parseTrust } from './parse-trust.ts';

/** Who the first trust file names. */
export type StarterParties = {
  /** `keys` are lines of OpenSSH `.pub` files, `accounts` operating-system accounts. */
  readonly approver: { readonly name: string; readonly keys: readonly string[]; readonly accounts: readonly string[] };
  /** `key` is an Ed25519 public key in base64 SPKI form, `recipient` an age recipient. */
  readonly runner: {
    readonly name: string;
    readonly key: string;
    readonly recipient: string;
    readonly account: string;
  };
  readonly verifier: { readonly name: string; readonly key: string; readonly recipient: string };
};

/**
 * Writes the first trust file, with comments that say what can be added.
 *
 * @returns YAML that `parseTrust` reads; version 1, one approval by any approver for everything
 * @throws Failure `CONFIG_INVALID` when a name or key is none
 */
export function starterTrust(parties: StarterParties): string {
  const { approver, runner, verifier } = parties;
  const named = [
    'approvers:',
    `  - name: ${quoted(approver.name)}`,
    `    accounts: [${approver.accounts.map(quoted).join(', ')}]`,
    '    keys:',
    ...approver.keys.map((key) => `      - ${quoted(key.trim())}`),
    '',
    '# groups:',
    '#   database: [ann, ben]',
    '',
    '# Who runs approved changes, as which account. `recipient` is what secrets are sealed to.',
    'runners:',
    `  - name: ${quoted(runner.name)}`,
    `    key: ${quoted(runner.key)}`,
    `    recipient: ${quoted(runner.recipient)}`,
    `    account: ${quoted(runner.account)}`,
    '',
    '# Who looks at the world before and after. Never the same key as a runner.',
    'verifiers:',
    `  - name: ${quoted(verifier.name)}`,
    `    key: ${quoted(verifier.key)}`,
    `    recipient: ${quoted(verifier.recipient)}`,
  ].join('\n');
  const text = `${HEAD}${named}\n${TAIL}`;
  parseTrust(text, 'the first trust file');
  return text;
}

function quoted(value: string): string {
  if (value === visibleLine(value)) return JSON.stringify(value);
  throw new Failure('CONFIG_INVALID', `${visibleLine(value)} has hidden characters`, {
    hint: 'write the name or the key on one line, without hidden characters',
  });
}

const HEAD = `# Who may approve what, who runs it, and who checks it. Keep this file out of the agents' reach.
# Runner and verifier remember it. They accept a change only with a higher \`version\` and a signature of one of the
# approvers below: \`countersign trust sign\`. \`countersign trust check\` says whether it can be read.
schema: countersign.trust/1
version: 1

# People who may approve. \`keys\` are lines of OpenSSH .pub files. \`accounts\` are their accounts on machines where
# agents run: four eyes needs them to tell the approver from the person behind the agent.
`;

const TAIL = `
# What every change needs. Rules below can only add to it.
defaults:
  approvals: 1
  fourEyes: false # true: the approver must not be the person whose agent proposed it
  plainKeys: true # false: only security keys that verified the person
  # signedReconcile: true # for teams: releasing a held target needs a signature, not only an account
  openFor: 24h
  approvalFor: 1h

# Places that changes are made to, each bound to facts that the tool itself reports. A change whose facts do not fit is
# refused. \`environment\` is a label: it can tighten what the facts say, never loosen it.
# targets:
#   shop-database:
#     driver: sqlite
#     bind: {sqlite.path: /srv/shop/shop.db}
#     checks:
#       - id: orders-are-there
#         kind: sqlite
#         claim: no order was lost
#         question:
#           path: /srv/shop/shop.db
#           query: select count(*) > 0 from orders
#           expect: {scalar: 1}

# Which facts make an environment. The strictest match wins, and what matches nothing is production.
# environments:
#   sandbox:
#     where:
#       - {sqlite.path: /home/*/sandbox/**}

# Stricter rules. All that match are combined to the strictest. \`when\` is a CEL condition over preview (destroys, replaces,
# creates, updates, runs, others, unpredictable, resources, addresses, actions), target (name, environment, driver),
# proposer (kind, person, model), checks (count, mandated), plan (how Terraform planned: options, targeted, replacing,
# refreshed, refreshOnly, destroying) and argv.
# policy:
#   - name: two-for-production-destroys
#     when: preview.destroys > 0 && target.environment == "production"
#     demand: {approvals: 2, fourEyes: true, plainKeys: false, approvalFor: 15m}
#   - name: something-must-be-able-to-confirm-it
#     demand: {postconditions: required}
#   - name: never-the-users-table
#     when: preview.addresses.exists(a, a == "table users")
#     refuse: the users table is changed by its owners only
#   - name: whole-plans-only
#     when: target.driver == "terraform" && (plan.targeted || !plan.refreshed)
#     refuse: plan everything, and look at the world

# Servers that plans may reach from their sandbox: planning runs providers and external programs.
# planner:
#   domains: ['sts.amazonaws.com', '*.eu-central-1.amazonaws.com']

# Standing approvals for sandboxes. They count only once this file is signed.
# grants:
#   - name: sandbox-migrations
#     target: shop-sandbox
#     driver: sqlite
#     when: preview.destroys == 0
#     expires: 2027-01-31
#     uses: 20
#     by: ann
`;
