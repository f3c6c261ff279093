/** Examines who speaks: what runners and verifiers say is signed by their keys, and approvals by their approvers. */

import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { CheckedApproval, CheckedStatement, Principal } from '../kernel/index.ts';
import type { RecordedEvent } from './event-log.ts';
import type { Problem } from './problem.ts';
import { signedText } from './signed-body.ts';

/** Where an entry stands in the record, which says whose rules were in force: its own time is only its writer's word. */
export type Moment = {
  readonly seq: number;
  /** The latest time that any entry up to and with this one claims. */
  readonly latestMs: number;
};

/** Questions that only the operator's trust file can answer. Each says what is wrong, or nothing. */
export type TrustQuestions = {
  /** Is the approver's signature good, by a key that the trust file has, or had, for them? */
  readonly approval?: ((approval: CheckedApproval, when: Moment) => string | undefined) | undefined;
  /** Is the signature good that releases a target or reviews a glass? */
  readonly statement?: ((statement: CheckedStatement, when: Moment) => string | undefined) | undefined;
  /** Is this the key of that runner or verifier? */
  readonly actor?: ((actor: Principal, when: Moment) => string | undefined) | undefined;
  /** Did an approver disown this very entry? Then this says why. Its hash must have been checked. */
  readonly disowned?: ((entry: EntryName) => string | undefined) | undefined;
};

/** One entry and no other. */
export type EntryName = { readonly seq: number; readonly hash: string };

/**
 * Says what is wrong with the signatures of an event; `undefined` when nothing is, or nothing is signed.
 *
 * @param latestMs  the latest time that any entry up to and with this one claims
 */
export function examineSignatures(event: RecordedEvent, trust: TrustQuestions, latestMs: number): Problem | undefined {
  const { body, seq, actor } = event;
  const when = { seq, latestMs };
  if (body.type === 'approval-given' || body.type === 'rejected') {
    const why = trust.approval?.(body.approval, when);
    if (why === undefined) return undefined;
    return { kind: 'bad-approval', seq, what: `the approval in entry ${seq} does not hold: ${why}` };
  }
  if (body.type === 'reconciled' || body.type === 'glass-reviewed') {
    const why = body.statement === undefined ? undefined : trust.statement?.(body.statement, when);
    if (why === undefined) return undefined;
    return { kind: 'bad-statement', seq, what: `the statement in entry ${seq} does not hold: ${why}` };
  }
  if (!('signed' in body)) return undefined;
  const why = signatureTrouble(event, actor, body) ?? trust.actor?.(actor, when);
  if (why === undefined) return undefined;
  return { kind: 'bad-signature', seq, what: `the signature in entry ${seq} does not hold: ${why}` };
}

function signatureTrouble(
  event: RecordedEvent,
  actor: Principal,
  body: Extract<RecordedEvent['body'], { readonly signed: unknown }>,
): string | undefined {
  if (actor.kind !== 'runner' && actor.kind !== 'verifier') return `a ${actor.kind} can't sign a "${body.type}"`;
  if (actor.key !== body.signed.key) return `it was made with another key than that of ${actor.name}`;
  const text = signedText(event.stream.slice('proposal:'.length), body);
  return isSignedBy(body.signed.key, text, body.signed.signature) ? undefined : `${actor.name} did not sign this`;
}

const keys = new Map<string, KeyObject | undefined>();
const MOST_KEYS = 1_000;

/**
 * Checks an Ed25519 signature over a text's UTF-8 bytes.
 *
 * @param key  base64 SPKI (DER)
 * @param signature  base64
 */
export function isSignedBy(key: string, text: string, signature: string): boolean {
  const bytes = Buffer.from(signature, 'base64');
  const publicKey = readKey(key);
  if (publicKey === undefined || bytes.toString('base64') !== signature) return false;
  return verify(null, Buffer.from(text), publicKey, bytes);
}

function readKey(key: string): KeyObject | undefined {
  if (keys.has(key)) return keys.get(key);
  if (keys.size >= MOST_KEYS) keys.clear();
  keys.set(key, parseKey(key));
  return keys.get(key);
}

function parseKey(key: string): KeyObject | undefined {
  try {
    const parsed = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' });
    return parsed.asymmetricKeyType === 'ed25519' ? parsed : undefined;
  } catch {
    // What is no key has signed nothing: the caller reports the signature as bad.
    return undefined;
  }
}
