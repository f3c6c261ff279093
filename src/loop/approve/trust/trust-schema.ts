/** The shapes of `trust.yaml` and `countersign.yaml`. The published JSON Schemas are made from these and from nothing else. */

import { z } from 'zod';
import type { RepositoryDocument, TrustDocument } from './trust-document.ts';

const name = z
  .string({ error: 'must be a name' })
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._@+/-]{0,63}$/,
    'must be a name: letters, digits and . _ @ + / -, at most 64 characters',
  )
  .describe('A name: letters, digits and . _ @ + / -, at most 64 characters.');
const sentence = z.string().min(1, 'must not be empty').max(500, 'must be at most 500 characters');
const duration = z
  .string({ error: 'must be a duration such as 30m, 1h or 7d' })
  .regex(/^[1-9][0-9]{0,3}[smhd]$/, 'must be a duration such as 30m, 1h or 7d')
  .describe('A duration: a whole number and s, m, h or d.');
const factName = z
  .string()
  .regex(/^[a-z][A-Za-z0-9_.-]{0,127}$/, 'must be the name of a fact, such as terraform.backend.bucket');
const pattern = z
  .string({ error: 'must be a pattern in text form; quote numbers' })
  .min(1, 'must not be empty')
  .max(1000, 'must be at most 1000 characters')
  .describe('A pattern for a fact: `*` stands for anything but `/`, `**` for anything, `?` for one character but `/`.');
const factPatterns = z
  .record(factName, pattern)
  .refine((patterns) => Object.keys(patterns).length > 0, 'must name at least one fact');
const environment = z.enum(['production', 'staging', 'sandbox'], {
  error: 'must be production, staging or sandbox',
});
const driver = z.enum(['argv', 'terraform', 'sqlite'], { error: 'must be argv, terraform or sqlite' });
const condition = z
  .string({ error: 'must be a CEL condition; put it into quotes' })
  .min(1, 'must not be empty')
  .max(1000, 'must be at most 1000 characters')
  .describe('A CEL condition over preview, target, proposer, checks and argv.');
const nameList = z.array(name);
const publicKey = z
  .string()
  .regex(/^MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=$/, 'must be an Ed25519 public key in base64 SPKI form');
const recipient = z.string().regex(/^age1[02-9ac-hj-np-z1]{58,4000}$/, 'must be an age recipient (age1…)');

const check = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/, 'must be lower-case letters, digits and -, at most 64 characters')
    .describe('Unique among the checks that a bundle can have.'),
  kind: z.enum(['command', 'http', 'file', 'sqlite', 'terraform-plan'], {
    error: 'must be command, http, file, sqlite or terraform-plan',
  }),
  claim: sentence.describe('What a green answer means, for people.'),
  question: z.record(z.string(), z.json()).describe('What to ask, in the shape of its kind.'),
  timeout: duration.optional().describe('How long the answer may take; 30s when left out.'),
});

const demand = z
  .strictObject({
    approvals: z
      .int('must be a whole number')
      .min(1, 'must be at least 1: nothing runs without a person, but for standing grants')
      .max(20, 'must be at most 20')
      .optional()
      .describe('How many distinct people must approve.'),
    from: nameList.min(1, 'must name somebody').optional().describe('Who may approve: names of approvers or groups.'),
    fourEyes: z.boolean().optional().describe('The approver must not be the person behind the proposal.'),
    plainKeys: z.boolean().optional().describe('Whether keys that prove possession only are accepted.'),
    signedReconcile: z
      .boolean()
      .optional()
      .describe('Releasing a held target and reviewing a broken glass need a signature, not only an account.'),
    openFor: duration.optional().describe('How long a proposal stays open.'),
    approvalFor: duration.optional().describe('The longest life of one approval.'),
    breakGlass: nameList.optional().describe('Who may approve alone in an emergency, with a reason and a review.'),
    postconditions: z
      .enum(['required', 'optional'], { error: 'must be required or optional' })
      .optional()
      .describe('Whether a change without any check is refused.'),
  })
  .refine((demanded) => Object.keys(demanded).length > 0, 'must demand something');

const rule = z
  .strictObject({
    name: name.describe('What decisions call the rule.'),
    when: condition.optional(),
    demand: demand.optional(),
    refuse: sentence.optional().describe('Refuses the change, with this sentence as the reason.'),
  })
  .refine(
    (one) => (one.demand === undefined) !== (one.refuse === undefined),
    'must have either `demand` or `refuse`, and not both',
  );

/** The shape of `trust.yaml`. */
export const trustSchema: z.ZodType<TrustDocument> = z.strictObject({
  schema: z.literal('countersign.trust/1', { error: 'must be countersign.trust/1' }),
  version: z
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .describe('Grows with every change, so that nobody can bring back an older file.'),
  approvers: z
    .array(
      z.strictObject({
        name,
        keys: z.array(z.string()).min(1, 'must hold at least one key').describe('Lines of OpenSSH `.pub` files.'),
        accounts: z.array(name).optional().describe('Their operating-system accounts; four eyes need them.'),
      }),
    )
    .min(1, 'must name at least one approver'),
  groups: z.record(name, nameList.min(1, 'must name somebody')).optional(),
  runners: z
    .array(z.strictObject({ name, key: publicKey, recipient, account: name }))
    .min(1, 'must name at least one runner'),
  verifiers: z.array(z.strictObject({ name, key: publicKey, recipient })).min(1, 'must name at least one verifier'),
  targets: z
    .record(
      name,
      z.strictObject({
        driver: z.union([driver, z.array(driver).min(1, 'must name a driver')], {
          error: 'must be argv, terraform or sqlite, or a list of them',
        }),
        bind: factPatterns.optional().describe('Facts that must hold for a change to be one of this target.'),
        environment: environment.optional().describe('A label; it can tighten what the facts say, never loosen it.'),
        runner: name.optional(),
        checks: z.array(check).optional().describe('Checks that every change of this target has, whoever proposes it.'),
      }),
    )
    .optional(),
  environments: z
    .strictObject({
      production: z.strictObject({ where: z.array(factPatterns) }).optional(),
      staging: z.strictObject({ where: z.array(factPatterns) }).optional(),
      sandbox: z.strictObject({ where: z.array(factPatterns) }).optional(),
    })
    .optional()
    .describe('Which facts make an environment; the strictest match wins, and no match means production.'),
  defaults: demand.optional().describe('What every change needs. Rules can only add to it.'),
  policy: z.array(rule).optional(),
  grants: z
    .array(
      z.strictObject({
        name,
        target: name,
        driver,
        when: condition.optional(),
        argv: z.array(pattern).min(1, 'must hold a pattern').optional().describe('One pattern for each argument.'),
        expires: z
          .union([z.iso.date(), z.iso.datetime()], { error: 'must be a date such as 2027-01-31, or a time in UTC' })
          .describe('From this instant on (midnight UTC for a date) the grant is worth nothing.'),
        uses: z.int('must be a whole number').min(1, 'must be at least 1').optional(),
        by: name.describe('The approver whose standing approval it is.'),
      }),
    )
    .optional()
    .describe('Standing approvals for sandbox targets. They count only in a signed trust file.'),
  planner: z
    .strictObject({
      domains: z
        .array(
          z.string().regex(/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'must be a host such as example.com or *.example.com'),
        )
        .describe('Servers that plans may reach from the sandbox; none when left out.'),
    })
    .optional()
    .describe('What planning, which runs providers and external programs, may reach.'),
  disowned: z
    .array(
      z.strictObject({
        entry: z.int('must be a whole number').min(1, 'must be at least 1').describe('The number of the entry.'),
        hash: z
          .string({ error: 'must be the hash of the entry in text form; put it into quotes' })
          .regex(/^[0-9a-f]{64}$/, 'must be the hash of the entry: 64 lower-case hexadecimal characters'),
        why: sentence.describe('What people found out about it.'),
      }),
    )
    .optional()
    .describe('Forged entries of the record that nobody stands by. They count only in a signed trust file.'),
});

/** The shape of `countersign.yaml` in a repository. It can only tighten. */
export const repositorySchema: z.ZodType<RepositoryDocument> = z.strictObject({
  schema: z.literal('countersign.repository/1', { error: 'must be countersign.repository/1' }),
  environment: environment.optional().describe('A label; it can tighten what the facts say, never loosen it.'),
  policy: z.array(rule).optional(),
  checks: z.array(check).optional().describe('Checks that every change from this repository has.'),
});
