/** The kernel's words as they must look in stored JSON: the parts that events and states are made of. */

import { z } from 'zod';
import type {
  CheckedApproval,
  CheckedStatement,
  CheckObservation,
  CheckSpec,
  CloseMark,
  DriverName,
  Environment,
  FactDifference,
  Json,
  JsonObject,
  KeySignature,
  Outcome,
  PreviewCounts,
  Principal,
  Proposer,
  Requirement,
  RuleRef,
  Sha256Hex,
  Verdict,
} from '../kernel/index.ts';
import { exactly } from './same-type.ts';

// Values come from JSON.parse, which yields nothing that is not JSON.
const json: z.ZodType<Json> = z.custom<Json>((value) => value !== undefined);
const jsonObject: z.ZodType<JsonObject> = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

/** A list. Its type is readonly; freezing a million of them would cost more than reading them. */
export function list<Item>(item: z.ZodType<Item>): z.ZodType<readonly Item[]> {
  return z.array(item);
}

export const text: z.ZodType<string> = z.string();
export const texts: z.ZodType<readonly string[]> = exactly<readonly string[]>()(list(text));
export const atMs: z.ZodType<number> = z.int();
export const count: z.ZodType<number> = z.int().nonnegative();
export const digest: z.ZodType<Sha256Hex> = z.string().regex(/^[0-9a-f]{64}$/);
export const digests: z.ZodType<readonly Sha256Hex[]> = exactly<readonly Sha256Hex[]>()(list(digest));
export const environment: z.ZodType<Environment> = exactly<Environment>()(z.enum(['production', 'staging', 'sandbox']));
export const driver: z.ZodType<DriverName> = exactly<DriverName>()(z.enum(['argv', 'terraform', 'sqlite']));
export const keySignature: z.ZodType<KeySignature> = exactly<KeySignature>()(
  z.strictObject({ key: text, signature: text }),
);

const person = z.strictObject({ kind: z.literal('person'), name: text });
const agent = z.strictObject({
  kind: z.literal('agent'),
  name: text,
  person: text,
  model: text.optional(),
  session: text.optional(),
});
export const proposer: z.ZodType<Proposer> = exactly<Proposer>()(z.discriminatedUnion('kind', [person, agent]));
export const principal: z.ZodType<Principal> = exactly<Principal>()(
  z.discriminatedUnion('kind', [
    person,
    agent,
    z.strictObject({ kind: z.literal('runner'), name: text, key: text }),
    z.strictObject({ kind: z.literal('verifier'), name: text, key: text }),
    z.strictObject({ kind: z.literal('control'), name: text }),
  ]),
);

const ruleRef = z.strictObject({ rule: text, where: text, demand: text });
export const ruleRefs: z.ZodType<readonly RuleRef[]> = exactly<readonly RuleRef[]>()(list(ruleRef));
export const requirement: z.ZodType<Requirement> = exactly<Requirement>()(
  z.strictObject({
    approvals: count,
    eligible: texts,
    fourEyes: z.boolean(),
    plainKeys: z.boolean(),
    signedReconcile: ruleRef.optional(),
    openForMs: z.number(),
    approvalForMs: z.number(),
    breakGlass: texts,
    grant: text.optional(),
    because: ruleRefs,
    policyDigest: digest,
  }),
);

export const approval: z.ZodType<CheckedApproval> = exactly<CheckedApproval>()(
  z.strictObject({
    document: z.strictObject({
      schema: z.literal('countersign.approval/1'),
      decision: z.enum(['approve', 'reject', 'break-glass']),
      proposal: text,
      bundleDigest: digest,
      previewDigest: digest,
      target: text,
      environment,
      approver: text,
      policyDigest: digest,
      runner: text,
      expiresAtMs: atMs,
      nonce: text,
      reason: text,
    }),
    signature: z.strictObject({ kind: z.literal('ssh'), armored: text }),
    fingerprint: text,
    strength: z.enum(['plain', 'verified']),
  }),
);

export const statement: z.ZodType<CheckedStatement> = exactly<CheckedStatement>()(
  z.strictObject({
    document: z.strictObject({
      schema: z.literal('countersign.statement/1'),
      decision: z.enum(['reconcile', 'review']),
      proposal: text,
      bundleDigest: digest,
      target: text,
      environment,
      approver: text,
      madeOn: text,
      verdicts: count,
      through: text.optional(),
      note: text,
      atMs,
      nonce: text,
    }),
    signature: z.strictObject({ kind: z.literal('ssh'), armored: text }),
    fingerprint: text,
    strength: z.enum(['plain', 'verified']),
  }),
);

export const checkSpec: z.ZodType<CheckSpec> = exactly<CheckSpec>()(
  z.strictObject({
    id: text,
    kind: z.enum(['command', 'http', 'file', 'sqlite', 'terraform-plan']),
    claim: text,
    origin: z.enum(['proposal', 'mandated', 'driver']),
    question: jsonObject,
    timeoutMs: z.number(),
  }),
);
const observation = z.strictObject({
  id: text,
  answer: z.enum(['green', 'red', 'unknown']),
  observed: json,
  observedDigest: digest,
  detail: text,
  atMs,
});
export const observations: z.ZodType<readonly CheckObservation[]> = exactly<readonly CheckObservation[]>()(
  list(observation),
);
export const counts: z.ZodType<PreviewCounts> = exactly<PreviewCounts>()(
  z.strictObject({
    destroys: count,
    replaces: count,
    creates: count,
    updates: count,
    runs: count,
    others: count,
  }),
);
const changedPath = z.strictObject({ path: text, change: z.enum(['changed', 'appeared', 'gone']) });
export const factDifference: z.ZodType<FactDifference> = exactly<FactDifference>()(
  z
    .strictObject({
      name: text,
      sealed: json.optional(),
      found: json.optional(),
      paths: list(changedPath).optional(),
      morePaths: count.optional(),
    })
    // JSON leaves out what is undefined; the kernel's type names both members always.
    .transform(({ name, sealed, found, ...files }) => ({ name, sealed, found, ...files })),
);

const processEnd = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('exited'), code: z.int() }),
  z.strictObject({ kind: z.literal('signalled'), signal: text }),
  z.strictObject({ kind: z.literal('not-started'), why: text }),
  z.strictObject({ kind: z.literal('lost') }),
]);
export const outcome: z.ZodType<Outcome> = exactly<Outcome>()(
  z.strictObject({
    kind: z.enum(['completed', 'partial', 'no-effect', 'indeterminate']),
    resources: list(
      z.strictObject({
        address: text,
        action: text,
        status: z.enum(['done', 'tainted', 'errored', 'not-attempted', 'unknown']),
        id: text.optional(),
        detail: text.optional(),
      }),
    ),
    end: processEnd,
    because: texts,
    evidence: digests,
  }),
);
export const verdict: z.ZodType<Verdict> = exactly<Verdict>()(
  z.strictObject({
    kind: z.enum(['confirmed', 'refuted', 'inconclusive']),
    isAsBefore: z.boolean(),
    findings: list(z.strictObject({ id: text, role: z.enum(['confirms', 'refutes', 'holds', 'unknown']), why: text })),
  }),
);
export const closeMark: z.ZodType<CloseMark> = exactly<CloseMark>()(
  z.enum(['as-approved', 'arrived-by-other-means', 'no-effect', 'after-uncertain-execution', 'reconciled']),
);
