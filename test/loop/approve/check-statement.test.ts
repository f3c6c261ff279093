import { expect, test } from 'vitest';
import { canonicalJson, type SignedStatement, type StatementDocument } from '../../../src/kernel/index.ts';
import { NAMESPACES, parseTrust, policyOf, statementDocument } from '../../../src/loop/approve/index.ts';
import { NOW_MS, openProposal, signed as signedApproval } from '../../support/approved-world.ts';
import { held } from '../../support/held-state.ts';
import { PLACES, policy } from '../../support/policy-questions.ts';
import { softEd25519, softSkEd25519 } from '../../support/soft-ssh-keys.ts';
import { ANN, BEN, trustText } from '../../support/trust-text.ts';

const NONCE = `${'0'.repeat(31)}1`;

const document = (changed: Partial<StatementDocument> = {}): StatementDocument => {
  const made = statementDocument({
    state: held(),
    decision: 'reconcile',
    approver: 'ann',
    note: 'looked',
    nonce: NONCE,
    atMs: NOW_MS,
  });
  if (made === undefined) throw new TypeError('nothing to state');
  return { ...made, ...changed };
};

const signed = (of = document(), key = ANN, namespace: string = NAMESPACES.statement): SignedStatement => ({
  document: of,
  signature: { kind: 'ssh', armored: key.sign(canonicalJson(of), { namespace }) },
});

const check = (statement: SignedStatement, of = policy(PLACES)): string => {
  const answer = of.checkStatement(statement);
  if (!('kind' in answer)) return answer.strength;
  expect([answer.what, answer.next === '']).toEqual(['this statement', false]);
  return `${answer.code}: ${answer.why}`;
};

test('[APPROVE-30, L4] a statement names the execution that it is about, and its author, words and time', () => {
  expect(document()).toEqual({
    schema: 'countersign.statement/1',
    decision: 'reconcile',
    proposal: 'p1',
    bundleDigest: 'b'.repeat(64),
    target: 'box',
    environment: 'sandbox',
    madeOn: 'claim-1',
    verdicts: 1,
    approver: 'ann',
    note: 'looked',
    atMs: NOW_MS,
    nonce: NONCE,
  });
  const request = { decision: 'reconcile', approver: 'ann', note: 'n', nonce: NONCE, atMs: NOW_MS } as const;
  expect(statementDocument({ ...request, state: held(), through: 'p2' })).toMatchObject({ through: 'p2', note: 'n' });
  expect(statementDocument({ ...request, state: openProposal(policy(PLACES)) })).toBeUndefined();
  expect(statementDocument({ ...request, decision: 'review', state: held() })).toBeUndefined();
});

test('[APPROVE-30] a statement signed by its author holds, with what its key proves', () => {
  expect(policy(PLACES).checkStatement(signed())).toEqual({
    ...signed(),
    fingerprint: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/),
    strength: 'plain',
  });
  const key = softSkEd25519();
  const of = policyOf(parseTrust(trustText(PLACES).replace(ANN.line, key.line), 'trust.yaml'), { isSigned: false });
  expect(check(signed(document(), key), of)).toBe('verified');
  expect(check(signed(document(), key))).toMatch(/^KEY_NOT_REGISTERED/);
});

test('[APPROVE-30, L4] a signature for one purpose is worth nothing for another', () => {
  expect([NAMESPACES.approval, NAMESPACES.trust, NAMESPACES.statement]).toEqual([
    'countersign',
    'countersign-trust',
    'countersign-statement',
  ]);
  for (const namespace of [NAMESPACES.approval, NAMESPACES.trust, 'file']) {
    expect(check(signed(document(), ANN, namespace))).toBe(
      `SIGNATURE_NAMESPACE: it was signed for "${namespace}" and not for "countersign-statement"`,
    );
  }
  const of = policy(PLACES);
  const approval = signedApproval(openProposal(of), { approver: 'ann', key: ANN }, { namespace: NAMESPACES.statement });
  expect(of.checkApproval(approval)).toMatchObject({
    code: 'SIGNATURE_NAMESPACE',
    why: 'it was signed for "countersign-statement" and not for "countersign"',
  });
});

test('[APPROVE-30, L4] a statement that was changed after signing is refused, whatever field it was', () => {
  const { signature } = signed(document({ through: 'p3' }));
  const changes: readonly Partial<StatementDocument>[] = [
    { decision: 'review' },
    { proposal: 'p2' },
    { bundleDigest: 'e'.repeat(64) },
    { target: 'shop' },
    { environment: 'production' },
    { madeOn: 'claim-2' },
    { verdicts: 2 },
    { through: 'p4' },
    { note: 'fine' },
    { atMs: 1 },
    { nonce: 'e'.repeat(32) },
  ];
  expect(changes.length).toBe(Object.keys(document({ through: 'p3' })).length - 2);
  expect(check({ document: document({ through: 'p3' }), signature })).toBe('plain');
  for (const change of changes) {
    expect(check({ document: document({ through: 'p3', ...change }), signature })).toBe(
      'SIGNATURE_INVALID: it does not fit the key and the text',
    );
  }
});

test('[APPROVE-30] unregistered keys, keys of others and unknown authors are refused and told apart', () => {
  expect(check(signed(document(), softEd25519()))).toMatch(
    /^KEY_NOT_REGISTERED: it was made with a key that nobody registered, and not with one of ann's \(SHA256:/,
  );
  expect(check(signed(document(), BEN))).toMatch(/^KEY_NOT_REGISTERED: it was made with the key of ben/);
  expect(check(signed(document({ approver: 'zed' })))).toBe('NOT_ELIGIBLE: the trust file has no approver zed');
  expect(check({ ...signed(), signature: { kind: 'ssh', armored: 'x' } })).toMatch(
    /^SIGNATURE_INVALID: it is no SSH signature/,
  );
  const again = policy(PLACES).checkStatement({ ...signed(), signature: { kind: 'ssh', armored: 'x' } });
  expect(again).toMatchObject({ where: 'p1', next: 'sign it with `countersign reconcile --ssh-key FILE`' });
});

test.each<[string, object]>([
  ['schema', { schema: 'countersign.approval/1' }],
  ['decision', { decision: 'approve' }],
  ['bundleDigest', { bundleDigest: 'B'.repeat(64) }],
  ['verdicts', { verdicts: -1 }],
  ['nonce', { nonce: 'x' }],
  ['note', { note: 'x'.repeat(4001) }],
  ['note', { note: '\ud800' }],
  ['its form', { more: 1 }],
])('[APPROVE-30, L13] a statement whose %s is not as it must be is refused by name', (field, change) => {
  // What comes from outside may be of any shape.
  const odd = { ...document(), ...change } as StatementDocument;
  expect(policy(PLACES).checkStatement({ ...signed(), document: odd })).toEqual({
    kind: 'refused',
    code: 'WRONG_DOCUMENT',
    what: 'this statement',
    where: 'unknown',
    why: `${field} is not as it must be`,
    next: 'sign it again with `--ssh-key FILE`',
  });
});
