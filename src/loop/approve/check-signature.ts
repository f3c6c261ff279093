/** Checks whose signature stands under a document, and for what: every document that people sign goes through here. */

import { type CheckedApproval, canonicalJson, type Json, type RefusalCode, visibleLine } from '../../kernel/index.ts';
import type { SshNamespace } from './namespaces.ts';
import type { SshKey } from './ssh/ssh-key.ts';
import { readSshSignature } from './ssh/ssh-signature.ts';
import { verifySshSignature } from './ssh/verify-ssh-signature.ts';
import type { Trust } from './trust/trust.ts';

/** A document with the signature that is to stand under it. */
export type SignedDocument = {
  readonly document: Json;
  /** Whose name in the trust file the document bears. */
  readonly approver: string;
  readonly namespace: SshNamespace;
  readonly armored: string;
  /** How to sign one that counts. */
  readonly again: string;
};

/** What a good signature tells of its key. */
export type Learnt = { readonly kind: 'valid' } & Pick<CheckedApproval, 'fingerprint' | 'strength'>;

/** Why a signature does not hold. */
export type No = { readonly kind: 'no'; readonly code: RefusalCode; readonly why: string; readonly next: string };

/** Checks namespace, key and signature, in this order. The code is `SIGNATURE_INVALID`, `SIGNATURE_NAMESPACE`, `NOT_ELIGIBLE` or `KEY_NOT_REGISTERED`. */
export function checkSignature(trust: Trust, signed: SignedDocument): Learnt | No {
  const { document, approver, namespace, armored, again } = signed;
  const reading = readSshSignature(armored);
  if (reading.kind === 'unreadable') return no('SIGNATURE_INVALID', `it is no SSH signature: ${reading.why}`, again);
  const { signature } = reading;
  if (signature.namespace !== namespace) {
    const found = visibleLine(signature.namespace);
    return no('SIGNATURE_NAMESPACE', `it was signed for "${found}" and not for "${namespace}"`, again);
  }
  const found = findKey(trust, approver, signature.keyBlob);
  if (found.kind === 'no') return found;
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
  return { kind: 'no', code, why, next };
}
