import { expect, test } from 'vitest';
import type { CheckedApproval, Person, Principal, Requirement } from '../../src/kernel/index.ts';
import {
  ACCOUNTS,
  AGENT,
  ANN,
  approval,
  ask,
  BEN,
  CLEO,
  CONTROL,
  EVERY_COMMAND,
  HOUR,
  live,
  NOW,
  RUNNER,
  sha,
  stateIn,
  type Told,
  tell,
} from './examples.ts';

const open = (requirement: Partial<Requirement> = {}): Told => live('approve', { requirement });

const approve = (one: CheckedApproval, accountsOf = ACCOUNTS) =>
  ({ kind: 'approve', approval: one, accountsOf }) as const;

const reject = (over: Partial<CheckedApproval['document']> = {}) =>
  ({ kind: 'reject', approval: approval(BEN, { decision: 'reject', reason: 'too risky', ...over }) }) as const;

const refused = (code: string, why: string, next: string, what = 'this approval') => ({
  kind: 'refused',
  code,
  what,
  where: 'p-1',
  why,
  next,
});

test('[KERNEL-15, L2, L4] an approval that counts is taken, and the last one demanded approves', () => {
  const one = approval(BEN);
  expect(ask(open(), approve(one), BEN)).toEqual({
    kind: 'decided',
    events: [
      { type: 'approval-given', approval: one },
      { type: 'approved', by: ['ben'] },
    ],
  });
});

test('[KERNEL-16, L2] two approvals are two people', () => {
  const first = approval(BEN);
  const told = tell(open({ approvals: 2 }), approve(first), BEN);
  expect(told.state.kind).toBe('open');
  const again = refused('ALREADY_DECIDED', 'ben has approved it already', 'wait for others');
  expect(ask(told, approve(approval(BEN)), BEN)).toEqual(again);
  const second = approval(CLEO);
  expect(ask(told, approve(second), CLEO)).toEqual({
    kind: 'decided',
    events: [
      { type: 'approval-given', approval: second },
      { type: 'approved', by: ['ben', 'cleo'] },
    ],
  });
});

test.each<[string, Partial<CheckedApproval>, typeof ACCOUNTS]>([
  ['key', { fingerprint: 'SHA256:ben' }, ACCOUNTS],
  ['account', {}, { ...ACCOUNTS, ben: ['ben-desk', 'ben-laptop'], cleo: ['elsewhere', 'ben-laptop'] }],
])('[KERNEL-16, L2] two names with one %s are one person', (_, key, accountsOf) => {
  const told = tell(open({ approvals: 2 }), approve(approval(BEN)), BEN);
  expect(ask(told, approve(approval(CLEO, {}, key), accountsOf), CLEO)).toEqual(
    refused('ALREADY_DECIDED', 'cleo and ben share a key or an account: they count as one person', 'ask somebody else'),
  );
});

test('[KERNEL-16] an approval after the quorum is taken and approves nothing again', () => {
  const third = approval(CLEO);
  expect(ask(live('claim'), approve(third), CLEO)).toEqual({
    kind: 'decided',
    events: [{ type: 'approval-given', approval: third }],
  });
  expect(ask(live('claim'), approve(approval(BEN)), BEN)).toMatchObject({ code: 'ALREADY_DECIDED' });
});

test('[KERNEL-15, L4] a nonce is used once', () => {
  const told = tell(open({ approvals: 3 }), approve(approval(BEN, { nonce: 'n' })), BEN);
  expect(ask(told, approve(approval(CLEO, { nonce: 'n' })), CLEO)).toEqual(
    refused('NONCE_USED', 'its nonce was used before', 'sign anew'),
  );
});

test('[KERNEL-16, L2] a twin whose approval ran out does not stand in the way', () => {
  const told = tell(open({ approvals: 2 }), approve(approval(BEN, { expiresAtMs: NOW + 5 })), BEN);
  const twin = approval(CLEO, { expiresAtMs: NOW + 10 }, { fingerprint: 'SHA256:ben' });
  expect(ask(told, approve(twin), CLEO, NOW + 4)).toMatchObject({ code: 'ALREADY_DECIDED' });
  expect(ask(told, approve(twin), CLEO, NOW + 5)).toMatchObject({ kind: 'decided' });
});

test('[KERNEL-15] whose approval ran out approves again', () => {
  const told = tell(open({ approvals: 2 }), approve(approval(BEN, { expiresAtMs: NOW + 5 })), BEN);
  const later = NOW + 5;
  expect(ask(told, approve(approval(BEN, { expiresAtMs: later + 1 })), BEN, later)).toMatchObject({ kind: 'decided' });
});

test.each<[string, Principal]>([
  ['cleo', CLEO],
  ['ann', ANN],
])('[KERNEL-15, L4] a signature of ben that %s hands in is refused', (name, actor) => {
  const next = 'each person hands in their own';
  expect(ask(open(), approve(approval(BEN)), actor)).toEqual(
    refused('NOT_YOURS_TO_DO', `${name} hands in a signature of ben`, next, 'this signature'),
  );
  expect(ask(open(), reject(), actor)).toEqual(
    refused('NOT_YOURS_TO_DO', `${name} hands in a signature of ben`, next, 'this signature'),
  );
});

test('[KERNEL-15, L4] what comes after the time of the proposal is refused', () => {
  const lateMs = NOW + 24 * HOUR;
  const late = approval(BEN, { expiresAtMs: lateMs + 1 });
  expect(ask(open(), approve(late), BEN, lateMs - 1)).toMatchObject({ kind: 'decided' });
  expect(ask(open(), approve(late), BEN, lateMs)).toEqual(
    refused(
      'EXPIRED',
      `it was open until ${new Date(lateMs).toISOString()}`,
      'propose the change again',
      'this proposal',
    ),
  );
});

test.each<[string, string, string]>([
  ['schema', 'countersign.approval/2', 'countersign.approval/1'],
  ['proposal', 'p-9', 'p-1'],
  ['bundleDigest', sha('9'), sha('b')],
  ['previewDigest', sha('9'), sha('c')],
  ['target', 'billing', 'shop'],
  ['environment', 'sandbox', 'production'],
  ['policyDigest', sha('9'), sha('d')],
  ['runner', 'runner-2', 'runner-1'],
])('[KERNEL-15, L3, L4] a signature over another %s is refused', (field, wrong, right) => {
  expect(ask(open(), approve(approval(BEN, { [field]: wrong })), BEN)).toEqual(
    refused(
      'WRONG_DOCUMENT',
      `the signature covers ${field} "${wrong}", this proposal has "${right}"`,
      'read the proposal again and sign what it says now',
    ),
  );
});

test('[KERNEL-15, L4] an approval that ran out, or lives too long, is refused', () => {
  expect(ask(open(), approve(approval(BEN, { expiresAtMs: NOW })), BEN)).toEqual(
    refused(
      'EXPIRED',
      `the approval of ben ran out ${new Date(NOW).toISOString()}`,
      'approve again if it is still right',
    ),
  );
  expect(ask(open(), approve(approval(BEN, { expiresAtMs: NOW + 1 })), BEN)).toMatchObject({ kind: 'decided' });
  expect(ask(open(), approve(approval(BEN, { expiresAtMs: NOW + 4 * HOUR })), BEN)).toMatchObject({ kind: 'decided' });
  expect(ask(open(), approve(approval(BEN, { expiresAtMs: NOW + 4 * HOUR + 1 })), BEN)).toEqual(
    refused('EXPIRED', `the approval would live for 4 h 1 s, the policy allows 4 h`, 'sign with a shorter life'),
  );
});

test('[KERNEL-15, L2] who is not among the approvers does not approve', () => {
  expect(ask(open({ eligible: ['ann', 'cleo'] }), approve(approval(BEN)), BEN)).toEqual(
    refused('NOT_ELIGIBLE', 'ben is not among those who may approve (ann, cleo)', 'ask one of them'),
  );
  expect(ask(open({ eligible: [] }), approve(approval(BEN)), BEN)).toMatchObject({
    why: 'ben is not among those who may approve (nobody)',
  });
});

test('[KERNEL-15, L4] a key that proves possession only is refused where the policy asks for a verified person', () => {
  expect(ask(open({ plainKeys: false }), approve(approval(BEN)), BEN)).toEqual(
    refused(
      'KEY_TOO_WEAK',
      'the key of ben proves possession only, and the policy asks for a verified person',
      'sign with a security key (`ssh-keygen -t ed25519-sk -O verify-required`)',
    ),
  );
  const verified = approval(BEN, {}, { strength: 'verified' });
  expect(ask(open({ plainKeys: false }), approve(verified), BEN)).toMatchObject({ kind: 'decided' });
  expect(ask(open({ plainKeys: true }), approve(verified), BEN)).toMatchObject({ kind: 'decided' });
});

test('[KERNEL-15, L2] under four eyes the person behind the proposal is refused, by name and by account', () => {
  const own = refused(
    'FOUR_EYES',
    'ann is the person behind this proposal, and the policy asks for other eyes',
    'ask another approver',
  );
  expect(ask(open({ fourEyes: true }), approve(approval(ANN)), ANN)).toEqual(own);
  const byName = live('approve', { requirement: { fourEyes: true }, proposer: ANN });
  expect(ask(byName, approve(approval(ANN), { ann: ['elsewhere'] }), ANN)).toEqual(own);
  expect(ask(open({ fourEyes: true }), approve(approval(BEN)), BEN)).toMatchObject({ kind: 'decided' });
  expect(ask(open(), approve(approval(ANN)), ANN)).toMatchObject({ kind: 'decided' });
});

test('[KERNEL-15, L2] under four eyes an approver without an account is refused', () => {
  const unknown = refused(
    'FOUR_EYES',
    'ben has no account in the trust file, so nobody can tell them apart from the proposer',
    'add `accounts` to ben in the trust file',
  );
  for (const accountsOf of [{}, { ben: [] }]) {
    expect(ask(open({ fourEyes: true }), approve(approval(BEN), accountsOf), BEN)).toEqual(unknown);
  }
  const odd: Person = { kind: 'person', name: 'constructor' };
  const told = open({ fourEyes: true, eligible: ['constructor'] });
  expect(ask(told, approve(approval(odd), {}), odd)).toMatchObject({ code: 'FOUR_EYES' });
});

test('[KERNEL-15, L4] a signed rejection is no approval, and an approval is no rejection', () => {
  expect(ask(open(), approve(approval(BEN, { decision: 'reject', reason: 'no' })), BEN)).toEqual(
    refused('WRONG_DOCUMENT', 'the signature covers a rejection', 'reject it instead'),
  );
  for (const decision of ['approve', 'break-glass'] as const) {
    expect(ask(open(), reject({ decision }), BEN)).toEqual(
      refused('WRONG_DOCUMENT', 'the signature covers an approval', 'approve it instead', 'this rejection'),
    );
  }
});

test('[KERNEL-16, L1] a person rejects with a reason what they have read', () => {
  const command = reject();
  expect(ask(open(), command, BEN)).toEqual({
    kind: 'decided',
    events: [{ type: 'rejected', approval: command.approval }],
  });
  expect(ask(live('claim'), command, BEN)).toMatchObject({ kind: 'decided' });
  for (const over of [{ proposal: 'p-9' }, { bundleDigest: sha('9') }]) {
    expect(ask(open(), reject(over), BEN)).toEqual(
      refused(
        'WRONG_DOCUMENT',
        'the signature covers another proposal or bundle',
        'read the proposal again and sign what it says now',
        'this rejection',
      ),
    );
  }
  expect(ask(open(), reject({ reason: ' \n' }), BEN)).toEqual(
    refused('POLICY', 'it has no reason', 'say why with `--reason`', 'this rejection'),
  );
});

const glass = (person: Person, over: Partial<CheckedApproval['document']> = {}): CheckedApproval =>
  approval(person, { decision: 'break-glass', reason: 'the site is down', ...over });
const BREAKABLE: Partial<Requirement> = { approvals: 3, breakGlass: ['ben', 'ann', 'cleo'], fourEyes: true };

test('[KERNEL-16, L2] a person breaks the glass alone, even their own proposal, and says why', () => {
  const one = glass(ANN);
  expect(ask(open(BREAKABLE), approve(one), ANN)).toEqual({
    kind: 'decided',
    events: [
      { type: 'approval-given', approval: one },
      { type: 'glass-broken', by: 'ann', reason: 'the site is down' },
      { type: 'approved', by: ['ann'] },
    ],
  });
  expect(ask(open(BREAKABLE), approve(glass(ANN, { reason: '  ' })), ANN)).toEqual(
    refused('POLICY', 'it needs a reason', 'say why with `--reason`', 'breaking the glass'),
  );
});

test('[KERNEL-16, L2] only who may break the glass breaks it', () => {
  expect(ask(open({ breakGlass: ['cleo'] }), approve(glass(BEN)), BEN)).toEqual(
    refused('NOT_ELIGIBLE', 'ben is not among those who may break the glass (cleo)', 'ask one of them'),
  );
  expect(ask(open({ breakGlass: ['ben'], eligible: [] }), approve(glass(BEN)), BEN)).toMatchObject({ kind: 'decided' });
  expect(ask(open({ breakGlass: ['ben'], plainKeys: false }), approve(glass(BEN)), BEN)).toMatchObject({
    code: 'KEY_TOO_WEAK',
  });
});

test('[KERNEL-16] who has approved may still break the glass while others are missing, and not afterwards', () => {
  const told = tell(open(BREAKABLE), approve(approval(BEN)), BEN);
  expect(ask(told, approve(glass(BEN)), BEN)).toMatchObject({
    kind: 'decided',
    events: [{ type: 'approval-given' }, { type: 'glass-broken' }, { type: 'approved', by: ['ben'] }],
  });
  const broken = tell(told, approve(glass(BEN)), BEN);
  expect(ask(broken, approve(glass(BEN)), BEN)).toMatchObject({ code: 'ALREADY_DECIDED' });
});

test('[KERNEL-16, L2] a broken glass owes a review by somebody who did not break it', () => {
  const told = tell(open(BREAKABLE), approve(glass(BEN)), BEN);
  expect(stateIn(told, 'approved').glass).toEqual({ kind: 'broken', by: 'ben', reason: 'the site is down' });
  const review = EVERY_COMMAND['review-glass'];
  expect(ask(told, review, BEN)).toEqual(
    refused('OWN_WORK', 'ben broke the glass', 'ask somebody else to review it', 'a review'),
  );
  expect(ask(told, { ...review, note: '\t' }, CLEO)).toEqual(
    refused('POLICY', 'it has no note', 'say what you found with `--note`', 'a review'),
  );
  expect(ask(told, review, CLEO)).toEqual({
    kind: 'decided',
    events: [{ type: 'glass-reviewed', by: 'cleo', note: 'it was right' }],
  });
  const reviewed = tell(told, review, CLEO);
  expect(stateIn(reviewed, 'approved').glass).toEqual({
    kind: 'reviewed',
    by: 'ben',
    reason: 'the site is down',
    reviewer: 'cleo',
  });
  const nothing = refused('NOT_LEGAL_NOW', 'nobody broke the glass, or it was reviewed', 'nothing is owed', 'a review');
  expect(ask(reviewed, review, ANN)).toEqual(nothing);
  expect(ask(live('claim'), review, ANN)).toEqual(nothing);
  const withdrawnEarly = tell(live('seal'), EVERY_COMMAND.withdraw, AGENT);
  expect(ask(withdrawnEarly, review, ANN)).toEqual(nothing);
});

test('[KERNEL-16, L2] a broken glass is not reviewed from an account of who broke it', () => {
  const told = tell(open(BREAKABLE), approve(glass(BEN)), BEN);
  const review = EVERY_COMMAND['review-glass'];
  const laptop: Person = { kind: 'person', name: 'ben-laptop' };
  expect(ask(told, review, laptop)).toEqual(
    refused(
      'OWN_WORK',
      'ben-laptop is an account of ben, who broke the glass',
      'ask somebody else to review it',
      'a review',
    ),
  );
  for (const accountsOf of [{}, { ben: [] }, { cleo: ['cleo-laptop'] }]) {
    expect(ask(told, { ...review, accountsOf }, CLEO)).toEqual(
      refused(
        'FOUR_EYES',
        'ben broke the glass and has no account in the trust file, so nobody can tell them apart from the reviewer',
        'sign the review with your own key (`--ssh-key FILE`); or add `accounts` to ben in the trust file and sign it',
        'a review',
      ),
    );
  }
});

test('[KERNEL-16] who only approved may review what somebody else broke', () => {
  const told = tell(tell(open(BREAKABLE), approve(approval(CLEO)), CLEO), approve(glass(BEN)), BEN);
  expect(ask(told, EVERY_COMMAND['review-glass'], CLEO)).toMatchObject({ kind: 'decided' });
});

test('[KERNEL-16, L2] two who broke it one after the other do not review each other', () => {
  let told = tell(open(BREAKABLE), approve(glass(BEN, { expiresAtMs: NOW + 1 })), BEN);
  told = tell(told, approve(glass(CLEO)), CLEO, NOW + 1);
  const review = EVERY_COMMAND['review-glass'];
  expect(stateIn(told, 'approved').glass).toMatchObject({ by: 'cleo' });
  const laptop: Person = { kind: 'person', name: 'ben-laptop' };
  for (const breaker of [BEN, CLEO, laptop]) expect(ask(told, review, breaker)).toMatchObject({ code: 'OWN_WORK' });
  expect(ask(told, review, ANN)).toMatchObject({ kind: 'decided' });
});

test('[KERNEL-16] the review stays owed when the proposal is taken back, replaced, stale or over', () => {
  const told = tell(open(BREAKABLE), approve(glass(BEN)), BEN);
  const review = EVERY_COMMAND['review-glass'];
  const ends = [
    tell(told, EVERY_COMMAND.withdraw, AGENT),
    tell(told, EVERY_COMMAND.supersede, CONTROL),
    tell(told, EVERY_COMMAND.expire, CONTROL, NOW + 24 * HOUR),
    tell(told, reject(), BEN),
    tell(tell(told, EVERY_COMMAND.claim, RUNNER), EVERY_COMMAND['find-stale'], RUNNER),
  ];
  expect(ends.map((end) => end.state.kind)).toEqual(['withdrawn', 'superseded', 'expired', 'rejected', 'stale']);
  for (const end of ends) expect(ask(end, review, CLEO), end.state.kind).toMatchObject({ kind: 'decided' });
});
