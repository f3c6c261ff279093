import { rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { canonicalJson, type Decided, type ProposalState, type SignedApproval } from '../../../src/kernel/index.ts';
import { approvalDocument, parseTrust, policyOf, type TargetPolicy } from '../../../src/loop/approve/index.ts';
import { needs } from '../../real/needs.ts';
import { after, ask, NOW_MS, openProposal, signed } from '../../support/approved-world.ts';
import { PLACES, policy } from '../../support/policy-questions.ts';
import { keyDirectory, realKey } from '../../support/real-ssh-keys.ts';
import { softEd25519, softSkEd25519 } from '../../support/soft-ssh-keys.ts';
import { ANN, BEN, CYD, trustText } from '../../support/trust-text.ts';

const directory = keyDirectory();
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const ann = { approver: 'ann', key: ANN };
const ben = { approver: 'ben', key: BEN };

/** Hands an approval in as its approver: through the policy's check, then through the kernel. */
function handIn(of: TargetPolicy, state: ProposalState, approval: SignedApproval, atMs = NOW_MS): Decided {
  const checked = of.checkApproval(approval);
  if ('kind' in checked) return checked;
  const actor = { kind: 'person', name: approval.document.approver } as const;
  return ask(state, { kind: 'approve', approval: checked, accountsOf: of.accountsOf }, actor, atMs);
}

/** The code and the reason of a refusal; the events otherwise. */
function said(answer: Decided): string {
  if (answer.kind === 'decided') return answer.events.map((event) => event.type).join(' ');
  expect([answer.what, answer.next, answer.where].every((text) => text !== '')).toBe(true);
  return `${answer.code}: ${answer.why}`;
}

test('[APPROVE-18, L4] a signed approval of this bundle approves it', () => {
  const of = policy(PLACES);
  const state = openProposal(of);
  const approval = signed(state, ann);
  expect(of.checkApproval(approval)).toEqual({
    ...approval,
    fingerprint: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/),
    strength: 'plain',
  });
  expect(said(handIn(of, state, approval))).toBe('approval-given approved');
});

test('[APPROVE-18, L4] the document names exactly what was seen, and lives no longer than policy and proposal', () => {
  const state = openProposal(policy(PLACES));
  const request = {
    state,
    approver: 'ann',
    decision: 'approve',
    reason: 'why',
    nonce: '0'.repeat(32),
    atMs: NOW_MS,
  } as const;
  expect(approvalDocument(request)).toEqual({
    schema: 'countersign.approval/1',
    decision: 'approve',
    proposal: 'p1',
    bundleDigest: state.bundleDigest,
    previewDigest: state.previewDigest,
    target: 'box',
    environment: 'sandbox',
    approver: 'ann',
    policyDigest: state.requirement.policyDigest,
    runner: 'laptop',
    expiresAtMs: NOW_MS + 3_600_000,
    nonce: '0'.repeat(32),
    reason: 'why',
  });
  const late = { ...request, atMs: state.expiresAtMs - 1000 };
  expect(approvalDocument(late).expiresAtMs).toBe(state.expiresAtMs);
});

test('[APPROVE-06, L4] a signature for another purpose is refused by its namespace', () => {
  const of = policy(PLACES);
  const state = openProposal(of);
  for (const namespace of ['git', 'file', 'countersign-trust', 'Countersign']) {
    expect(said(handIn(of, state, signed(state, ann, { namespace })))).toBe(
      `SIGNATURE_NAMESPACE: it was signed for "${namespace}" and not for "countersign"`,
    );
  }
});

test('[APPROVE-06] an unregistered key, and the key of somebody else, are refused and told apart', () => {
  const of = policy(PLACES);
  const state = openProposal(of);
  expect(said(handIn(of, state, signed(state, { approver: 'ann', key: softEd25519() })))).toMatch(
    /^KEY_NOT_REGISTERED: it was made with a key that nobody registered, and not with one of ann's \(SHA256:/,
  );
  expect(said(handIn(of, state, signed(state, { approver: 'ann', key: BEN })))).toMatch(
    /^KEY_NOT_REGISTERED: it was made with the key of ben, and not with one of ann's/,
  );
  expect(said(handIn(of, state, signed(state, { approver: 'zed', key: ANN })))).toBe(
    'NOT_ELIGIBLE: the trust file has no approver zed',
  );
  expect(said(handIn(of, state, signed(state, { approver: 'constructor', key: ANN })))).toBe(
    'NOT_ELIGIBLE: the trust file has no approver constructor',
  );
});

test('[APPROVE-06, L4] a document that was changed after signing is refused, whatever field it was', () => {
  const of = policy(PLACES);
  const state = openProposal(of);
  const { document, signature } = signed(state, ann);
  const changes: readonly Partial<typeof document>[] = [
    { decision: 'break-glass' },
    { proposal: 'p2' },
    { bundleDigest: 'e'.repeat(64) },
    { previewDigest: 'e'.repeat(64) },
    { target: 'shop' },
    { environment: 'production' },
    { policyDigest: 'e'.repeat(64) },
    { runner: 'other' },
    { expiresAtMs: document.expiresAtMs + 1 },
    { nonce: 'e'.repeat(32) },
    { reason: 'because' },
  ];
  expect(changes.length).toBe(Object.keys(document).length - 2);
  for (const change of changes) {
    expect(said(handIn(of, state, { document: { ...document, ...change }, signature }))).toBe(
      'SIGNATURE_INVALID: it does not fit the key and the text',
    );
  }
});

test('[APPROVE-06, L12] a document of another form is refused before anything is believed of it', () => {
  const of = policy(PLACES);
  const state = openProposal(of);
  const good = signed(state, ann);
  const form = (change: object): string => {
    const document = { ...good.document, ...change };
    const answer = of.checkApproval({ ...good, document });
    return 'kind' in answer ? `${answer.code}: ${answer.why}` : 'checked';
  };
  expect(form({})).toBe('checked');
  expect(form({ nonce: 'short' })).toBe('WRONG_DOCUMENT: nonce is not as it must be');
  expect(form({ nonce: 'G'.repeat(32) })).toBe('WRONG_DOCUMENT: nonce is not as it must be');
  expect(form({ bundleDigest: 'x' })).toBe('WRONG_DOCUMENT: bundleDigest is not as it must be');
  expect(form({ expiresAtMs: 1.5 })).toBe('WRONG_DOCUMENT: expiresAtMs is not as it must be');
  expect(form({ reason: '\ud800' })).toBe('WRONG_DOCUMENT: reason is not as it must be');
  expect(form({ reason: 'x'.repeat(4001) })).toBe('WRONG_DOCUMENT: reason is not as it must be');
  expect(form({ schema: 'countersign.approval/2' })).toBe('WRONG_DOCUMENT: schema is not as it must be');
  expect(form({ hidden: 1 })).toBe('WRONG_DOCUMENT: its form is not as it must be');
  const unreadable = of.checkApproval({ ...good, signature: { kind: 'ssh', armored: 'x' } });
  expect('kind' in unreadable && unreadable.code).toBe('SIGNATURE_INVALID');
  expect('kind' in unreadable && unreadable.why).toMatch(/^it is no SSH signature: it does not stand between/);
});

test('[APPROVE-18, L4] an approval that is transplanted to another proposal, bundle or policy is refused', () => {
  const of = policy(PLACES);
  const state = openProposal(of);
  const approval = signed(state, ann);
  expect(said(handIn(of, openProposal(of, { id: 'p2' }), approval))).toBe(
    'WRONG_DOCUMENT: the signature covers proposal "p1", this proposal has "p2"',
  );
  expect(said(handIn(of, openProposal(of, { bundle: 'c' }), approval))).toMatch(
    /^WRONG_DOCUMENT: the signature covers bundleDigest "b+", this proposal has "c+"$/,
  );
  const stricter = policy(`${PLACES}policy: [{name: p, demand: {openFor: 1h}}]\n`);
  expect(said(handIn(stricter, openProposal(stricter), approval))).toMatch(
    /^WRONG_DOCUMENT: the signature covers policyDigest /,
  );
});

test('[APPROVE-18, L4] an approval is not counted twice, and not after its time', () => {
  const of = policy(`${PLACES}policy: [{name: p, demand: {approvals: 2}}]\n`);
  const state = openProposal(of);
  const approval = signed(state, ann);
  const checked = of.checkApproval(approval);
  if ('kind' in checked) throw new Error(checked.why);
  const once = after(
    state,
    { kind: 'approve', approval: checked, accountsOf: of.accountsOf },
    { kind: 'person', name: 'ann' },
  );
  expect(once.kind).toBe('open');
  expect(said(handIn(of, once, approval))).toBe('NONCE_USED: its nonce was used before');
  expect(said(handIn(of, once, signed(state, ann)))).toBe('ALREADY_DECIDED: ann has approved it already');
  expect(said(handIn(of, once, signed(state, ben)))).toBe('approval-given approved');
  const { expiresAtMs } = approval.document;
  expect(said(handIn(of, state, approval, expiresAtMs - 1))).toBe('approval-given');
  expect(said(handIn(of, state, approval, expiresAtMs))).toMatch(/^EXPIRED: the approval of ann ran out /);
  const long = signed(state, ann, { document: { expiresAtMs: expiresAtMs + 1 } });
  expect(said(handIn(of, state, long))).toBe('EXPIRED: the approval would live for 1 h 1 s, the policy allows 1 h');
});

test('[APPROVE-18, L2] under four eyes the person behind the proposal can not approve, by name or by account', () => {
  const of = policy(`${PLACES}policy: [{name: eyes, demand: {fourEyes: true}}]\n`);
  const agentOf = (person: string) => openProposal(of, { proposer: { kind: 'agent', name: 'claude', person } });
  const approve = (state: ReturnType<typeof agentOf>, by: typeof ann): string =>
    said(handIn(of, state, signed(state, by)));
  expect(approve(agentOf('ann'), ann)).toMatch(/^FOUR_EYES: ann is the person behind this proposal/);
  expect(approve(agentOf('benjamin'), ben)).toMatch(/^FOUR_EYES: ben is the person behind this proposal/);
  expect(approve(agentOf('benjamin'), ann)).toBe('approval-given approved');
  expect(approve(agentOf('dora'), { approver: 'cyd', key: CYD })).toMatch(
    /^FOUR_EYES: cyd has no account in the trust file/,
  );
});

test('[APPROVE-18, L1] an agent that holds an approver’s signature still can not hand it in', () => {
  const of = policy(PLACES);
  const state = openProposal(of);
  const checked = of.checkApproval(signed(state, ann));
  if ('kind' in checked) throw new Error(checked.why);
  const command = { kind: 'approve', approval: checked, accountsOf: of.accountsOf } as const;
  expect(said(ask(state, command, { kind: 'agent', name: 'ann', person: 'ann' }))).toBe(
    'NOT_YOURS_TO_DO: an agent can never approve',
  );
});

test('[APPROVE-07, APPROVE-18] where the policy asks for a person who was there, a plain key is refused', () => {
  const sk = softSkEd25519();
  const text = `${PLACES}policy: [{name: there, demand: {plainKeys: false}}]\n`;
  const trust = parseTrust(trustText(text).replace(ANN.line, sk.line), 'trust.yaml');
  const of = policyOf(trust, { isSigned: false });
  const state = openProposal(of);
  const approval = (flags: number): SignedApproval => {
    const { document } = signed(state, { approver: 'ann', key: sk });
    return { document, signature: { kind: 'ssh', armored: sk.sign(canonicalJson(document), { flags }) } };
  };
  expect(said(handIn(of, state, approval(5)))).toBe('approval-given approved');
  expect(said(handIn(of, state, approval(1)))).toMatch(/^KEY_TOO_WEAK: the key of ann proves possession only/);
  expect(said(handIn(of, state, approval(4)))).toBe('SIGNATURE_INVALID: the security key signed without a touch');
  expect(said(handIn(of, state, signed(state, ben)))).toMatch(/^KEY_TOO_WEAK: the key of ben proves possession only/);
});

needs('ssh-keygen')(
  '[APPROVE-06, APPROVE-18, L4] the real ssh-keygen signs what is counted here, with every kind of key',
  () => {
    for (const [type, bits] of [
      ['ed25519', undefined],
      ['ecdsa', 384],
      ['rsa', 3072],
    ] as const) {
      const key = realKey(directory, type, type, bits);
      const of = policyOf(parseTrust(trustText(PLACES).replace(ANN.line, key.line), 'trust.yaml'), { isSigned: false });
      const state = openProposal(of);
      const { document } = signed(state, ann);
      const armored = key.sign(canonicalJson(document));
      const checked = of.checkApproval({ document, signature: { kind: 'ssh', armored } });
      expect(checked).toMatchObject({ fingerprint: key.fingerprint, strength: 'plain' });
      expect(said(handIn(of, state, { document, signature: { kind: 'ssh', armored } }))).toBe(
        'approval-given approved',
      );
    }
  },
);
