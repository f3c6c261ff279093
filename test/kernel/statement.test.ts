import { expect, test } from 'vitest';
import {
  type CheckedStatement,
  type Command,
  misstated,
  type Requirement,
  type SignatureDemand,
  statementSubject,
} from '../../src/kernel/index.ts';
import {
  ACCOUNTS,
  AGENT,
  ANN,
  approval,
  ask,
  BEN,
  CLEO,
  EVERY_COMMAND,
  type Life,
  live,
  observation,
  RUNNER,
  sha,
  stateIn,
  statement,
  type Told,
  tell,
  VERIFIER,
} from './examples.ts';

const RULE = { rule: 'signed-releases', where: 'trust.yaml:9:5', demand: 'a signature to release a held target' };
const DEMAND: SignatureDemand = { rule: RULE, plainKeys: true };
const RED = { after: [observation('red')] };

const held = (life: Life = {}): Told => live('end', { ...RED, ...life });
const released = (): Told => tell(held(), { kind: 'reconcile', note: 'looked' }, ANN);

type Reconcile = Extract<Command, { readonly kind: 'reconcile' }>;

const signed = (told: Told, over: Partial<CheckedStatement['document']> = {}, more: Partial<Reconcile> = {}) =>
  ({
    kind: 'reconcile',
    note: 'looked',
    statement: statement(told, ANN, { decision: 'reconcile', ...over }),
    ...more,
  }) satisfies Reconcile;

const refused = (code: string, why: string, next: string, what = 'reconcile') => ({
  kind: 'refused',
  code,
  what,
  where: 'p-1',
  why,
  next,
});

test('[KERNEL-24, L4] a statement covers the proposal, its bundle, and the very execution that left the target in doubt', () => {
  expect(statementSubject(held().state, 'reconcile')).toEqual({
    schema: 'countersign.statement/1',
    decision: 'reconcile',
    proposal: 'p-1',
    bundleDigest: sha('b'),
    target: 'shop',
    environment: 'production',
    madeOn: 'claim-1',
    verdicts: 1,
  });
  expect(statementSubject(live('verify').state, 'reconcile')).toMatchObject({ madeOn: 'claim-1', verdicts: 0 });
  for (const until of ['draft', 'seal', 'admit', 'claim', 'look'] as const) {
    expect(statementSubject(live(until).state, 'reconcile'), until).toBeUndefined();
    expect(statementSubject(live(until).state, 'review'), until).toBeUndefined();
  }
  const glass = [1, 2].map(() => approval(BEN, { decision: 'break-glass', reason: 'down' }));
  const { state } = broken(glass[0]);
  expect(statementSubject(state, 'review')).toMatchObject({
    decision: 'review',
    madeOn: glass[0]?.document.nonce,
    verdicts: 0,
  });
});

test('[KERNEL-24, L1] a signed release is recorded as the word of whoever signed it, with its signature', () => {
  const told = held();
  const command = signed(told);
  expect(ask(told, command, ANN)).toEqual({
    kind: 'decided',
    events: [
      { type: 'reconciled', note: 'looked', through: undefined, statement: command.statement },
      { type: 'closed', mark: 'reconciled' },
    ],
  });
  const after = tell(told, command, ANN);
  expect(stateIn(after, 'closed').mark).toBe('reconciled');
  expect(after.target).toEqual({ busy: undefined, held: [], reconciled: ['p-1'] });
  for (const actor of [BEN, { kind: 'person', name: 'ann-laptop' } as const]) {
    expect(ask(told, command, actor)).toEqual(
      refused('NOT_YOURS_TO_DO', `${actor.name} hands in a signature of ann`, 'each person hands in their own'),
    );
  }
  expect(ask(told, command, AGENT)).toMatchObject({ code: 'NOT_YOURS_TO_DO', why: 'an agent can never reconcile' });
});

test.each<[string, Partial<CheckedStatement['document']>, string]>([
  ['decision', { decision: 'review' }, '"review", and it is "reconcile"'],
  ['proposal', { proposal: 'p-2' }, '"p-2", and it is "p-1"'],
  ['bundleDigest', { bundleDigest: 'x' }, `"x", and it is "${sha('b')}"`],
  ['target', { target: 'ledger' }, '"ledger", and it is "shop"'],
  ['environment', { environment: 'sandbox' }, '"sandbox", and it is "production"'],
  ['madeOn', { madeOn: 'claim-0' }, '"claim-0", and it is "claim-1"'],
  ['verdicts', { verdicts: 0 }, '0, and it is 1'],
  ['note', { note: 'other' }, '"other", and it is "looked"'],
  ['through', { through: 'p-9' }, '"p-9", and it is none'],
])('[KERNEL-24, L4] a signature over another %s releases nothing', (member, over, words) => {
  const told = held();
  const honest = statement(told, ANN, { decision: 'reconcile' });
  const forged = { ...honest, document: { ...honest.document, ...over } };
  expect(ask(told, { ...signed(told), statement: forged }, ANN)).toEqual(
    refused(
      'WRONG_DOCUMENT',
      `the signature covers ${member} ${words}`,
      'read the proposal again and sign what it says now',
    ),
  );
});

test('[KERNEL-24, L4] what was signed before a later verdict was known is to be signed again', () => {
  const told = held();
  const command = signed(told);
  const later = tell(told, { ...verifyAgain, kind: 'verify' }, VERIFIER);
  expect(ask(later, command, ANN)).toMatchObject({
    code: 'WRONG_DOCUMENT',
    why: 'the signature covers verdicts 1, and it is 2',
  });
  expect(ask(later, signed(later), ANN)).toMatchObject({ kind: 'decided' });
});

const verifyAgain = {
  verified: {
    observations: [observation('red')],
    verdict: { kind: 'refuted', isAsBefore: true, findings: [{ id: 'column-exists', role: 'refutes', why: 'is red' }] },
    signed: { key: 'some-key', signature: 'some-signature' },
  },
} as const;

const SIGN_IT = 'sign it with your own key: `--ssh-key FILE`';

test('[KERNEL-24, L13] where the policy asks for a signature an unsigned release is refused, with the rule and its line', () => {
  const why = 'it is not signed, and the policy asks for a signature (signed-releases, trust.yaml:9:5)';
  expect(ask(held(), { kind: 'reconcile', note: 'looked', demand: DEMAND }, ANN)).toEqual(
    refused('POLICY', why, SIGN_IT),
  );
  const admitted = held({ requirement: { signedReconcile: RULE } });
  expect(ask(admitted, { kind: 'reconcile', note: 'looked' }, ANN)).toEqual(refused('POLICY', why, SIGN_IT));
  const now = { rule: { ...RULE, where: 'trust.yaml:20:1' }, plainKeys: true };
  expect(ask(admitted, { kind: 'reconcile', note: 'looked', demand: now }, ANN)).toMatchObject({
    why: expect.stringContaining('(signed-releases, trust.yaml:20:1)'),
  });
  for (const told of [held(), admitted]) {
    expect(ask(told, signed(told, {}, { demand: DEMAND }), ANN)).toMatchObject({ kind: 'decided' });
  }
  expect(ask(held(), { kind: 'reconcile', note: 'looked' }, ANN)).toMatchObject({ kind: 'decided' });
});

test('[KERNEL-24, L2] where a person must have been there a key that proves possession only releases nothing', () => {
  const strict = { ...DEMAND, plainKeys: false };
  const requirement: Partial<Requirement> = { signedReconcile: RULE, plainKeys: false };
  const approvals = [approval(BEN, {}, { strength: 'verified' })];
  const cases: readonly (readonly [Told, Partial<Reconcile>])[] = [
    [held(), { demand: strict }],
    [held({ requirement, approvals }), {}],
    [held({ requirement, approvals }), { demand: DEMAND }],
  ];
  for (const [told, more] of cases) {
    expect(ask(told, signed(told, {}, more), ANN)).toEqual(
      refused(
        'KEY_TOO_WEAK',
        'the key of ann proves possession only, and the policy asks for a verified person (signed-releases, trust.yaml:9:5)',
        'sign with a security key (`ssh-keygen -t ed25519-sk -O verify-required`)',
      ),
    );
    const present = statement(told, ANN, { decision: 'reconcile' }, { strength: 'verified' });
    expect(ask(told, { ...signed(told, {}, more), statement: present }, ANN)).toMatchObject({ kind: 'decided' });
  }
  const unasked = held({ requirement: { plainKeys: false }, approvals });
  expect(ask(unasked, signed(unasked), ANN)).toMatchObject({ kind: 'decided' });
});

test('[KERNEL-24] a release without a signature can be signed afterwards; nothing else is reconciled twice', () => {
  const told = released();
  expect(ask(told, { kind: 'reconcile', note: 'again' }, ANN)).toEqual(
    refused(
      'NOT_LEGAL_NOW',
      'it is released already',
      'nothing is left to do; with `--ssh-key` you can sign the release',
    ),
  );
  const command = signed(told);
  expect(ask(told, command, ANN)).toEqual({
    kind: 'decided',
    events: [{ type: 'reconciled', note: 'looked', through: undefined, statement: command.statement }],
  });
  const after = tell(told, command, ANN);
  expect(after).toEqual(told);
  const closed = live('end');
  expect(ask(closed, signed(closed), ANN)).toEqual(
    refused('NOT_LEGAL_NOW', 'it closed without being held', 'nothing is left to do'),
  );
});

const BREAKABLE: Partial<Requirement> = { approvals: 3, breakGlass: ['ben', 'cleo'] };

function broken(one = approval(BEN, { decision: 'break-glass', reason: 'down' })): Told {
  return tell(
    live('approve', { requirement: BREAKABLE }),
    { kind: 'approve', approval: one, accountsOf: ACCOUNTS },
    BEN,
  );
}

const review = (told: Told, person = CLEO, key: Partial<CheckedStatement> = {}) => ({
  ...EVERY_COMMAND['review-glass'],
  note: 'looked',
  statement: statement(told, person, { decision: 'review' }, key),
});

test('[KERNEL-24, KERNEL-16, L2] a signed review is of this glass, and says by its key who reviews', () => {
  const told = broken();
  const command = review(told);
  expect(ask(told, command, CLEO)).toEqual({
    kind: 'decided',
    events: [{ type: 'glass-reviewed', by: 'cleo', note: 'looked', statement: command.statement }],
  });
  // Without accounts nobody could tell an unsigned reviewer from the breaker; a key can.
  expect(ask(told, { ...command, accountsOf: {} }, CLEO)).toMatchObject({ kind: 'decided' });
  const other = broken(approval(BEN, { decision: 'break-glass', reason: 'down again' }));
  expect(ask(other, command, CLEO)).toMatchObject({
    code: 'WRONG_DOCUMENT',
    what: 'a review',
    why: expect.stringMatching(/^the signature covers madeOn "0+[0-9a-f]+", and it is "0+[0-9a-f]+"$/),
  });
  expect(ask(told, { ...command, demand: DEMAND }, CLEO)).toMatchObject({ kind: 'decided' });
  const { statement: _, ...unsigned } = command;
  expect(ask(told, { ...unsigned, demand: DEMAND }, CLEO)).toEqual(
    refused(
      'POLICY',
      'it is not signed, and the policy asks for a signature (signed-releases, trust.yaml:9:5)',
      SIGN_IT,
      'a review',
    ),
  );
  expect(ask(told, { ...command, note: ' ' }, CLEO)).toMatchObject({ code: 'POLICY', why: 'it has no note' });
});

test('[KERNEL-24, KERNEL-16, L2] who broke the glass does not sign its review, under whatever name', () => {
  const told = broken();
  const own = (why: string) => refused('OWN_WORK', why, 'ask somebody else to review it', 'a review');
  expect(ask(told, review(told, BEN), BEN)).toEqual(own('ben broke the glass'));
  const twin = 'cleo shares a key or an account with ben, who broke the glass';
  expect(ask(told, review(told, CLEO, { fingerprint: 'SHA256:ben' }), CLEO)).toEqual(own(twin));
  const accountsOf = { ben: ['ops', 'ben-laptop'], cleo: ['cleo-laptop', 'ops'] };
  expect(ask(told, { ...review(told), accountsOf }, CLEO)).toEqual(own(twin));
});

test('[KERNEL-25, L1] a release that its runner does not believe, or did not examine, holds the target for it', () => {
  const told = released();
  const next = { ...live('claim'), target: told.target };
  const doubted = (why: string) => ({
    kind: 'refused',
    code: 'TARGET_HELD',
    what: 'the target shop',
    where: 'p-1',
    why: `p-1 left it in doubt, and its release does not hold: ${why}`,
    next: 'look at the world, then countersign reconcile p-1 --note "what you found" --ssh-key FILE',
  });
  expect(ask(next, EVERY_COMMAND.claim, RUNNER)).toEqual(doubted('nobody has examined its release'));
  const found = (why: string | undefined, proposal = 'p-1'): Command => ({
    ...EVERY_COMMAND.claim,
    releases: [{ proposal, why }],
  });
  expect(ask(next, found('it is not signed'), RUNNER)).toEqual(doubted('it is not signed'));
  expect(ask(next, found(undefined, 'p-2'), RUNNER)).toMatchObject({ code: 'TARGET_HELD' });
  expect(ask(next, found(undefined), RUNNER)).toMatchObject({ kind: 'decided' });
});

test('[KERNEL-25, L7] a close that rests on disowned words holds the target until a verdict, or a recovery runs', () => {
  const free = { busy: undefined, held: [] };
  const claim = (recovers: string | undefined, why: string | undefined) =>
    ask(
      { ...live('claim', recovers === undefined ? {} : { recovers }), target: free },
      { ...EVERY_COMMAND.claim, releases: [{ proposal: 'p-9', why }] },
      RUNNER,
    );
  expect(claim(undefined, 'it was forged')).toEqual({
    kind: 'refused',
    code: 'TARGET_HELD',
    what: 'the target shop',
    where: 'p-1',
    why: 'p-9 left it in doubt, and its release does not hold: it was forged',
    next: 'look at the world, then countersign verify p-9: its target is free again once the verifier confirms it',
  });
  expect(claim('p-9', 'it was forged')).toMatchObject({ kind: 'decided' });
  expect(claim(undefined, undefined)).toMatchObject({ kind: 'decided' });
});

test('[KERNEL-25, KERNEL-22] of what is held and what is doubted, each can be recovered', () => {
  const target = { busy: undefined, held: ['p-a'], reconciled: ['p-b', 'p-c'] };
  const releases = [{ proposal: 'p-b', why: 'forged' }, { proposal: 'p-c' }];
  const claim = (recovers?: string) =>
    ask(
      { ...live('claim', recovers === undefined ? {} : { recovers }), target },
      { ...EVERY_COMMAND.claim, releases },
      RUNNER,
    );
  for (const recovers of ['p-a', 'p-b']) expect(claim(recovers), recovers).toMatchObject({ kind: 'decided' });
  expect(claim()).toMatchObject({ code: 'TARGET_HELD', why: 'p-a left it in doubt' });
  expect(claim('p-c')).toMatchObject({ code: 'TARGET_HELD' });
  const free = { busy: undefined, held: [], reconciled: ['p-b', 'p-c'] };
  const only = (recovers: string) =>
    ask({ ...live('claim', { recovers }), target: free }, { ...EVERY_COMMAND.claim, releases }, RUNNER);
  expect(only('p-b')).toMatchObject({ kind: 'decided' });
  expect(only('p-c')).toMatchObject({ why: 'p-b left it in doubt, and its release does not hold: forged' });
});

test('[KERNEL-24] a statement is compared with what it is given, member by member', () => {
  const { document } = statement(held(), ANN, { decision: 'reconcile', through: 'p-2' });
  const words = { note: 'looked', through: 'p-2' };
  expect(misstated(document, {}, words)).toBeUndefined();
  expect(misstated(document, { madeOn: 'claim-1' }, words)).toBeUndefined();
  expect(misstated(document, {}, { note: 'looked' })).toBe('the signature covers through "p-2", and it is none');
});

test('[KERNEL-29, L1] what disowned words executed or closed is released by a signature alone, and by none while nobody disowned it', () => {
  const executed = live('verify');
  const closed = live('end');
  expect([executed.state.kind, closed.state.kind]).toEqual(['executed', 'closed']);
  const isDisowned = true;
  for (const told of [executed, closed]) {
    expect(ask(told, { kind: 'reconcile', note: 'looked', isDisowned }, ANN)).toEqual(
      refused(
        'NOT_LEGAL_NOW',
        'it rests on words that were disowned, and only an approver’s signature releases that',
        'look at the world, then sign what you found: `--ssh-key FILE`',
      ),
    );
  }
  const unverified = refused('NOT_LEGAL_NOW', 'nobody has verified it yet', 'countersign verify p-1');
  expect(ask(executed, signed(executed), ANN)).toEqual(unverified);
  expect(ask(executed, signed(executed, {}, { isDisowned: false }), ANN)).toEqual(unverified);
  expect(ask(closed, signed(closed), ANN)).toMatchObject({ why: 'it closed without being held' });
  const word = { type: 'reconciled', note: 'looked' };
  const freed = ask(executed, signed(executed, {}, { isDisowned }), ANN);
  expect(freed).toMatchObject({ kind: 'decided', events: [word, { type: 'closed', mark: 'reconciled' }] });
  const said = ask(closed, signed(closed, {}, { isDisowned }), ANN);
  expect(said.kind === 'decided' && said.events).toMatchObject([word]);
  expect(said.kind === 'decided' && said.events).toHaveLength(1);
  const after = tell(executed, signed(executed, {}, { isDisowned }), ANN);
  expect(after.state).toMatchObject({ kind: 'closed', mark: 'reconciled' });
  expect(after.target).toEqual({ busy: undefined, held: [], reconciled: ['p-1'] });
  expect(ask(executed, signed(executed, { proposal: 'p-2' }, { isDisowned }), ANN)).toMatchObject({
    code: 'WRONG_DOCUMENT',
  });
});
