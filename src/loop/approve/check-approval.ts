/** Checks a signed approval against the trust file: form, key, signature. Whether it counts is the kernel's to say. */

import { z } from 'zod';
import {
  type ApprovalDocument,
  type CheckedApproval,
  type Refusal,
  type RefusalCode,
  type SignedApproval,
  visibleLine,
} from '../../kernel/index.ts';
import { checkSignature } from './check-signature.ts';
import { NAMESPACES } from './namespaces.ts';
import type { Trust } from './trust/trust.ts';

const hex64 = z.string().regex(/^[0-9a-f]{64}$/);
const text = z
  .string()
  .max(4000)
  .refine((value) => value.isWellFormed());

const documentSchema: z.ZodType<ApprovalDocument> = z.strictObject({
  schema: z.literal('countersign.approval/1'),
  decision: z.enum(['approve', 'reject', 'break-glass']),
  proposal: text,
  bundleDigest: hex64,
  previewDigest: hex64,
  target: text,
  environment: z.enum(['production', 'staging', 'sandbox']),
  approver: text,
  policyDigest: hex64,
  runner: text,
  expiresAtMs: z.int(),
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
  reason: text,
});

/**
 * Checks an approval's form, its key and its signature.
 *
 * @param signed  from anywhere: nothing in it is believed
 * @returns the approval with its key's fingerprint and strength; or a refusal `WRONG_DOCUMENT`, `NOT_ELIGIBLE`,
 *   `SIGNATURE_INVALID`, `SIGNATURE_NAMESPACE` or `KEY_NOT_REGISTERED`
 */
export function checkApproval(trust: Trust, signed: SignedApproval): CheckedApproval | Refusal {
  const read = documentSchema.safeParse(signed.document);
  if (read.data === undefined) {
    const field = read.error.issues[0]?.path.join('.') || 'its form';
    return refuse(
      'unknown',
      'WRONG_DOCUMENT',
      `${visibleLine(field)} is not as it must be`,
      'sign with `countersign approve`',
    );
  }
  const document = read.data;
  const where = visibleLine(document.proposal);
  const { armored } = signed.signature;
  const answer = checkSignature(trust, {
    document,
    approver: document.approver,
    namespace: NAMESPACES.approval,
    armored,
    again: 'sign with `countersign approve`',
  });
  if (answer.kind === 'no') return refuse(where, answer.code, answer.why, answer.next);
  const { fingerprint, strength } = answer;
  return { document, signature: { kind: 'ssh', armored }, fingerprint, strength };
}

function refuse(where: string, code: RefusalCode, why: string, next: string): Refusal {
  return { kind: 'refused', code, what: 'this approval', where, why, next };
}
