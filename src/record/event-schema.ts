/** Every event body as it must look in stored JSON. The compiler proves that this is the kernel's union, no more and no less. */

import { z } from 'zod';
import type { EventBody } from '../kernel/index.ts';
import { exactly } from './same-type.ts';
import {
  approval,
  atMs,
  checkSpec,
  closeMark,
  count,
  counts,
  digest,
  digests,
  driver,
  environment,
  factDifference,
  keySignature,
  list,
  observations,
  outcome,
  proposer,
  requirement,
  ruleRefs,
  statement,
  text,
  texts,
  verdict,
} from './word-schemas.ts';

const planning = [
  z.strictObject({
    type: z.literal('drafted'),
    proposal: text,
    target: text,
    driver,
    intent: text,
    proposer,
    draftDigest: digest,
    changeDigest: digest.optional(),
    recovers: text.optional(),
  }),
  z.strictObject({ type: z.literal('unplannable'), why: text, next: text }),
  z.strictObject({
    type: z.literal('sealed'),
    environment,
    bundleDigest: digest,
    previewDigest: digest,
    counts,
    unpredictable: count,
    checks: list(checkSpec),
    runner: text,
    place: digest.optional(),
    secretBlobs: digests,
  }),
  z.strictObject({ type: z.literal('admitted'), requirement, expiresAtMs: atMs }),
  z.strictObject({ type: z.literal('refused'), because: ruleRefs }),
] as const;

const deciding = [
  z.strictObject({ type: z.literal('commented'), text }),
  z.strictObject({ type: z.literal('approval-given'), approval }),
  z.strictObject({ type: z.literal('approved'), by: texts, grant: text.optional() }),
  z.strictObject({ type: z.literal('glass-broken'), by: text, reason: text }),
  z.strictObject({ type: z.literal('glass-reviewed'), by: text, note: text, statement: statement.optional() }),
  z.strictObject({ type: z.literal('rejected'), approval }),
  z.strictObject({ type: z.literal('withdrawn'), why: text }),
  z.strictObject({ type: z.literal('superseded'), by: text }),
  z.strictObject({ type: z.literal('expired') }),
] as const;

const executing = [
  z.strictObject({
    type: z.literal('observed'),
    phase: z.enum(['proposed', 'before', 'after']),
    observations,
    signed: keySignature,
  }),
  z.strictObject({ type: z.literal('claimed'), runner: text, claim: text, account: text, level: text.optional() }),
  z.strictObject({ type: z.literal('released'), why: text }),
  z.strictObject({ type: z.literal('stale'), differences: list(factDifference), spent: z.boolean() }),
  z.strictObject({ type: z.literal('started'), nonces: texts, reconciled: texts.optional(), signed: keySignature }),
  z.strictObject({ type: z.literal('output'), stream: z.enum(['stdout', 'stderr']), digest, sizeBytes: count }),
  z.strictObject({ type: z.literal('executed'), outcome, signed: keySignature }),
] as const;

const settling = [
  z.strictObject({ type: z.literal('verified'), observations, verdict, signed: keySignature }),
  z.strictObject({ type: z.literal('held'), why: text }),
  z.strictObject({ type: z.literal('closed'), mark: closeMark }),
  z.strictObject({
    type: z.literal('reconciled'),
    note: text,
    through: text.optional(),
    statement: statement.optional(),
  }),
  z.strictObject({ type: z.literal('secrets-destroyed'), digests }),
  z.strictObject({
    type: z.literal('evidence-recorded'),
    id: z.string().regex(/^[0-9a-f]{26}$/),
    source: z.enum(['read', 'run']),
    about: text,
    digest,
    sizeBytes: count,
  }),
] as const;

/** What a stored body must be. Members that the kernel does not know are refused: what is not understood is not believed. */
export const eventBody: z.ZodType<EventBody> = exactly<EventBody>()(
  z.discriminatedUnion('type', [...planning, ...deciding, ...executing, ...settling]),
);
