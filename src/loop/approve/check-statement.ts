/** Checks a signed statement against the trust file: form, key, signature. What it is about is the kernel's to compare. */

import { z } from 'zod';
import {
  type CheckedStatement,
  type Refusal,
  type RefusalCode,
  type SignedStatement,
  type StatementDocument,
  visibleLine,
} from '../../kernel/index.ts';
import { checkSignature } from './check-signature.ts';
import { NAMESPACES } from './namespaces.ts';
import type { Trust } from './trust/trust.ts';

const text = z
  .string()
  .max(4000)
  .refine((value) => value.isWellFormed());

const documentSchema: z.ZodType<StatementDocument> = z.strictObject({
  schema: z.literal('countersign.statement/1'),
  decision: z.enum(['reconcile', 'review']),
  proposal: text,
  bundleDigest: z.string().regex(/^[0-9a-f]{64}$/),
  target: text,
  environment: z.enum(['production', 'staging', 'sandbox']),
  approver: text,
  madeOn: text,
  verdicts: z.int().nonnegative(),
  through: text.optional(),
  note: text,
  atMs: z.int(),
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
});

/**
 * Checks a statement's form, its key and its signature.
 *
 * @param signed  from anywhere: nothing in it is believed
 * @returns the statement with its key's fingerprint and strength; or a refusal `WRONG_DOCUMENT`, `NOT_ELIGIBLE`,
 *   `SIGNATURE_INVALID`, `SIGNATURE_NAMESPACE` or `KEY_NOT_REGISTERED`
 */
export function checkStatement(trust: Trust, signed: SignedStatement): CheckedStatement | Refusal {
  const read = documentSchema.safeParse(signed.document);
  if (read.data === undefined) {
    const field = read.error.issues[0]?.path.join('.') || 'its form';
    const why = `${visibleLine(field)} is not as it must be`;
    return refuse('unknown', { code: 'WRONG_DOCUMENT', why, next: 'sign it again with `--ssh-key FILE`' });
  }
  const document = read.data;
  const { armored } = signed.signature;
  const answer = checkSignature(trust, {
    document,
    approver: document.approver,
    namespace: NAMESPACES.statement,
    armored,
    again: `sign it with \`countersign ${document.decision} --ssh-key FILE\``,
  });
  if (answer.kind === 'no') return refuse(visibleLine(document.proposal), answer);
  const { fingerprint, strength } = answer;
  return { document, signature: { kind: 'ssh', armored }, fingerprint, strength };
}

type Reason = { readonly code: RefusalCode; readonly why: string; readonly next: string };

function refuse(where: string, { code, why, next }: Reason): Refusal {
  return { kind: 'refused', code, what: 'this statement', where, why, next };
}
