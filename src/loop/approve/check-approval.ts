/** Checks a signed approval against the trust file: form, key, signature. Whether it counts is the kernel's to say. */

import { z } from 'zod';
import {
  type ApprovalDocument,
  type CheckedApproval,
  canonicalJson,
  type Refusal,
  type RefusalCode,
  type SignedApproval,
  visibleLine,
} from '../../kernel/index.ts';
import { APPROVAL_NAMESPACE } from './namespaces.ts';
import type { SshKey } from './ssh/ssh-key.ts';
import { readSshSignature } from './ssh/ssh-signature.ts';
import { verifySshSignature } from './ssh/verify-ssh-signature.ts';
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
  const answer = checkSignature(trust, document, signed.signature.armored);
  if (answer.kind === 'refused') return refuse(where, answer.code, answer.why, answer.next);
  const { kind: _, ...learnt } = answer;
  return { document, signature: { kind: 'ssh', armored: signed.signature.armored }, ...learnt };
}

type Learnt = { readonly kind: 'valid' } & Pick<CheckedApproval, 'fingerprint' | 'strength'>;
type No = { readonly kind: 'refused'; readonly code: RefusalCode; readonly why: string; readonly next: string };

function checkSignature(trust: Trust, document: ApprovalDocument, armored: string): Learnt | No {
  const again = 'sign with `countersign approve`';
  const reading = readSshSignature(armored);
  if (reading.kind === 'unreadable') return no('SIGNATURE_INVALID', `it is no SSH signature: ${reading.why}`, again);
  const { signature } = reading;
  if (signature.namespace !== APPROVAL_NAMESPACE) {
    const found = visibleLine(signature.namespace);
    return no('SIGNATURE_NAMESPACE', `it was signed for "${found}" and not for "${APPROVAL_NAMESPACE}"`, again);
  }
  const found = findKey(trust, document.approver, signature.keyBlob);
  if (found.kind === 'refused') return found;
  const check = verifySshSignature(found.key, signature, canonicalJson(document));
  if (check.kind === 'invalid')
    return no('SIGNATURE_INVALID', check.why, 'read the proposal again and sign what it says now');
  return { kind: 'valid', fingerprint: found.key.fingerprint, strength: check.strength };
}

function findKey(
  trust: Trust,
  approver: string,
  blob: Uint8Array,
): { readonly kind: 'key'; readonly key: SshKey } | No {
  const shown = visibleLine(approver);
  const person = trust.approvers.find((one) => one.name === approver);
  if (person === undefined) {
    return no(
      'NOT_ELIGIBLE',
      `the trust file has no approver ${shown}`,
      'ask an approver to add them to the trust file',
    );
  }
  const key = person.keys.find((one) => Buffer.compare(one.blob, blob) === 0);
  if (key !== undefined) return { kind: 'key', key };
  const owner = trust.approvers.find((other) => other.keys.some((one) => Buffer.compare(one.blob, blob) === 0));
  const whose = owner === undefined ? 'a key that nobody registered' : `the key of ${owner.name}`;
  return no(
    'KEY_NOT_REGISTERED',
    `it was made with ${whose}, and not with one of ${shown}'s (${person.keys.map((one) => one.fingerprint).join(', ')})`,
    'sign with a registered key, or let an approver add this one to the trust file',
  );
}

function no(code: RefusalCode, why: string, next: string): No {
  return { kind: 'refused', code, why, next };
}

function refuse(where: string, code: RefusalCode, why: string, next: string): Refusal {
  return { kind: 'refused', code, what: 'this approval', where, why, next };
}
