/** Says whether an approver of one trust file signed another: what makes a change of the rules a change that counts. */

import { visibleLine } from '../../../kernel/index.ts';
import { NAMESPACES } from '../namespaces.ts';
import { readSshSignature } from '../ssh/ssh-signature.ts';
import { verifySshSignature } from '../ssh/verify-ssh-signature.ts';
import type { Trust } from './trust.ts';

/** A trust file as it is stored, with the signature that lies beside it. */
export type SignedBytes = { readonly bytes: Uint8Array; readonly signatureArmored: string | undefined };

/** Why a signature over a trust file does not count by the approvers of another; `undefined` when it does. */
export function refuseSignature({ bytes, signatureArmored }: SignedBytes, judge: Trust): string | undefined {
  const reading = readSshSignature(signatureArmored ?? '');
  if (reading.kind === 'unreadable') return `its signature can't be read: ${reading.why}`;
  const { signature } = reading;
  if (signature.namespace !== NAMESPACES.trust) {
    return `its signature is for "${visibleLine(signature.namespace)}" and not for "${NAMESPACES.trust}"`;
  }
  const keys = judge.approvers.flatMap((approver) => approver.keys);
  const key = keys.find((one) => Buffer.compare(one.blob, signature.keyBlob) === 0);
  if (key === undefined) return 'its signature is of somebody who was no approver before';
  const check = verifySshSignature(key, signature, bytes);
  return check.kind === 'valid' ? undefined : `its signature is not true: ${check.why}`;
}
