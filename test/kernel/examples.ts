/** A small world for tests of the kernel: people, processes, one change, and well-formed commands about it. */

import {
  ABSENT,
  type AccountsOf,
  type Agent,
  type CheckAnswer,
  type CheckedApproval,
  type CheckedStatement,
  type CheckObservation,
  type CheckSpec,
  type Command,
  type Control,
  decide,
  type Environment,
  evolve,
  evolveTarget,
  FREE_TARGET,
  judge,
  type Outcome,
  type OutcomeKind,
  type Person,
  type Principal,
  type ProposalState,
  type Proposer,
  type Requirement,
  type Runner,
  type StateKind,
  type StatementDecision,
  type StateOf,
  statementSubject,
  type TargetState,
  type Verifier,
} from '../../src/kernel/index.ts';

export const ANN: Person = { kind: 'person', name: 'ann' };
export const BEN: Person = { kind: 'person', name: 'ben' };
export const CLEO: Person = { kind: 'person', name: 'cleo' };
export const AGENT: Agent = { kind: 'agent', name: 'coder', person: 'ann-laptop', model: 'm-1', session: 's-1' };
export const RUNNER: Runner = { kind: 'runner', name: 'runner-1', key: 'runner-key' };
export const VERIFIER: Verifier = { kind: 'verifier', name: 'verifier-1', key: 'verifier-key' };
export const CONTROL: Control = { kind: 'control', name: 'control' };

/** Ann's agent runs in `ann-laptop`; nobody shares an account. */
export const ACCOUNTS: AccountsOf = { ann: ['ann-laptop'], ben: ['ben-laptop'], cleo: ['cleo-laptop'] };

export const NOW = 1_800_000_000_000;
export const HOUR = 3_600_000;
export const SIGNED = { key: 'some-key', signature: 'some-signature' };

export const sha = (letter: string): string => letter.repeat(64);

export const CHECK: CheckSpec = {
  id: 'column-exists',
  kind: 'sqlite',
  claim: 'the table has the new column',
  origin: 'proposal',
  question: {},
  timeoutMs: 1_000,
};

export const REQUIREMENT: Requirement = {
  approvals: 1,
  eligible: ['ann', 'ben', 'cleo'],
  fourEyes: false,
  plainKeys: true,
  openForMs: 24 * HOUR,
  approvalForMs: 4 * HOUR,
  breakGlass: [],
  because: [{ rule: 'production', where: 'trust.yaml:3:5', demand: 'one approval' }],
  policyDigest: sha('d'),
};

export function observation(answer: CheckAnswer, seen: string = 'a', id: string = CHECK.id): CheckObservation {
  return { id, answer, observed: seen, observedDigest: sha(seen), detail: 'seen', atMs: NOW };
}

export function outcome(kind: OutcomeKind): Outcome {
  return { kind, resources: [], end: { kind: 'exited', code: 0 }, because: ['because'], evidence: [] };
}

export type Draft = Extract<Command, { readonly kind: 'draft' }>['draft'];
export type SealedFields = Extract<Command, { readonly kind: 'seal' }>['sealed'];

export function draft(over: Partial<Draft> = {}): Draft {
  return {
    proposal: 'p-1',
    target: 'shop',
    driver: 'sqlite',
    intent: 'add a column',
    proposer: AGENT,
    draftDigest: sha('1'),
    ...over,
  };
}

export function sealed(over: Partial<SealedFields> = {}): SealedFields {
  return {
    environment: 'production',
    bundleDigest: sha('b'),
    previewDigest: sha('c'),
    counts: { destroys: 0, replaces: 0, creates: 1, updates: 0, runs: 0, others: 0 },
    unpredictable: 0,
    checks: [CHECK],
    runner: RUNNER.name,
    secretBlobs: [],
    ...over,
  };
}

type Document = CheckedApproval['document'];

let nonces = 0;

/** A well-formed approval of `p-1` by one person, alive for another hour; every call has a nonce of its own. */
export function approval(
  person: Person,
  over: Partial<Document> = {},
  key: Partial<CheckedApproval> = {},
): CheckedApproval {
  nonces += 1;
  const document: Document = {
    schema: 'countersign.approval/1',
    decision: 'approve',
    proposal: 'p-1',
    bundleDigest: sha('b'),
    previewDigest: sha('c'),
    target: 'shop',
    environment: 'production',
    approver: person.name,
    policyDigest: sha('d'),
    runner: RUNNER.name,
    expiresAtMs: NOW + HOUR,
    nonce: nonces.toString(16).padStart(32, '0'),
    reason: '',
    ...over,
  };
  const signature = { kind: 'ssh', armored: 'signed' } as const;
  return { document, signature, fingerprint: `SHA256:${person.name}`, strength: 'plain', ...key };
}

/** A well-formed statement of one person on a proposal as it stands. */
export function statement(
  told: Told,
  person: Person,
  over: Partial<CheckedStatement['document']> & { readonly decision: StatementDecision },
  key: Partial<CheckedStatement> = {},
): CheckedStatement {
  nonces += 1;
  const subject = statementSubject(told.state, over.decision);
  if (subject === undefined) throw new TypeError('there is nothing to state');
  const nonce = nonces.toString(16).padStart(32, '0');
  const document = { ...subject, approver: person.name, note: 'looked', atMs: NOW, nonce, ...over };
  const signature = { kind: 'ssh', armored: 'signed' } as const;
  return { document, signature, fingerprint: `SHA256:${person.name}`, strength: 'plain', ...key };
}

/** What happened to one proposal on one target so far. */
export type Told = { readonly state: ProposalState; readonly target: TargetState };

export const NOTHING: Told = { state: ABSENT, target: FREE_TARGET };

/** Asks, and returns the answer as it is. */
export function ask(told: Told, command: Command, actor: Principal, atMs: number = NOW): ReturnType<typeof decide> {
  return decide({ ...told, asking: { actor, atMs } }, command);
}

/** Asks for something that must be decided, and tells what follows. */
export function tell(told: Told, command: Command, actor: Principal, atMs: number = NOW): Told {
  const answer = ask(told, command, actor, atMs);
  if (answer.kind === 'refused') throw new TypeError(`${command.kind} was refused: ${answer.why}`);
  const proposal = told.state.kind === 'absent' ? 'p-1' : told.state.proposal;
  return {
    state: answer.events.reduce(evolve, told.state),
    target: answer.events.reduce((target, body) => evolveTarget(target, proposal, body), told.target),
  };
}

/** How a life is to go. */
export type Life = {
  readonly proposer?: Proposer;
  readonly recovers?: string;
  readonly environment?: Environment;
  readonly checks?: readonly CheckSpec[];
  readonly requirement?: Partial<Requirement>;
  readonly approvals?: readonly CheckedApproval[];
  readonly before?: readonly CheckObservation[];
  readonly after?: readonly CheckObservation[];
  readonly outcome?: OutcomeKind;
  readonly target?: TargetState;
};

/** The commands of one life, in order, with who asks for each. */
export function commandsOf(life: Life): readonly (readonly [Command, Principal])[] {
  const proposer = life.proposer ?? AGENT;
  const recovers = life.recovers === undefined ? {} : { recovers: life.recovers };
  const environment = life.environment ?? 'production';
  const checks = life.checks ?? [CHECK];
  const approvals = life.approvals ?? [approval(BEN, { environment })];
  const before = life.before ?? [observation('red')];
  const after = life.after ?? [observation('green', 'b')];
  const kind = life.outcome ?? 'completed';
  const look = { kind: 'look', observations: before, signed: SIGNED } as const;
  const start = { nonces: approvals.map((one) => one.document.nonce), signed: SIGNED };
  const claim = { runner: RUNNER.name, claim: 'claim-1', account: 'deploy' };
  return [
    [{ kind: 'draft', draft: draft({ proposer, ...recovers }) }, proposer],
    [{ kind: 'seal', sealed: sealed({ environment, checks }) }, CONTROL],
    [look, VERIFIER],
    [{ kind: 'admit', requirement: { ...REQUIREMENT, ...life.requirement } }, CONTROL],
    ...approvals.map((one): readonly [Command, Principal] => [
      { kind: 'approve', approval: one, accountsOf: ACCOUNTS },
      { kind: 'person', name: one.document.approver },
    ]),
    [{ kind: 'claim', claim, accountsOf: ACCOUNTS }, RUNNER],
    [look, VERIFIER],
    [{ kind: 'start', start }, RUNNER],
    [{ kind: 'finish', finish: { outcome: outcome(kind), signed: SIGNED } }, RUNNER],
    [
      {
        kind: 'verify',
        verified: { observations: after, verdict: judge(checks, before, after, kind), signed: SIGNED },
      },
      VERIFIER,
    ],
  ];
}

/** Lives until the first command of that name is next; the whole life when there is none. */
export function live(until: Command['kind'] | 'end', life: Life = {}): Told {
  let told: Told = { ...NOTHING, target: life.target ?? FREE_TARGET };
  let looks = 0;
  for (const [command, actor] of commandsOf(life)) {
    if (command.kind === 'look') looks += 1;
    // The first look is the one at the proposal; who waits for a look waits for the one right before the start.
    if (command.kind === until && (command.kind !== 'look' || looks === 2)) return told;
    told = tell(told, command, actor);
  }
  return told;
}

/** The state, proven to be of a kind. */
export function stateIn<Kind extends StateKind>(told: Told, kind: Kind): StateOf<Kind> {
  const { state } = told;
  if (!isKind(state, kind)) throw new TypeError(`it is ${state.kind}, not ${kind}`);
  return state;
}

function isKind<Kind extends StateKind>(state: ProposalState, kind: Kind): state is StateOf<Kind> {
  return state.kind === kind;
}

export const CLAIM: Extract<Command, { readonly kind: 'claim' }> = {
  kind: 'claim',
  claim: { runner: RUNNER.name, claim: 'claim-1', account: 'deploy' },
  accountsOf: ACCOUNTS,
};

export const LOOK: Extract<Command, { readonly kind: 'look' }> = {
  kind: 'look',
  observations: [observation('red')],
  signed: SIGNED,
};

/** Exactly one of each command, well-formed but for the nonces of `start`. */
export const EVERY_COMMAND: { readonly [Kind in Command['kind']]: Extract<Command, { readonly kind: Kind }> } = {
  draft: { kind: 'draft', draft: draft() },
  'mark-unplannable': { kind: 'mark-unplannable', finding: { why: 'no plan', next: 'fix it' } },
  seal: { kind: 'seal', sealed: sealed() },
  admit: { kind: 'admit', requirement: REQUIREMENT },
  refuse: { kind: 'refuse', because: REQUIREMENT.because },
  look: LOOK,
  comment: { kind: 'comment', text: 'I applied it' },
  approve: { kind: 'approve', approval: approval(BEN), accountsOf: ACCOUNTS },
  reject: { kind: 'reject', approval: approval(BEN, { decision: 'reject', reason: 'too risky' }) },
  'review-glass': { kind: 'review-glass', note: 'it was right', accountsOf: ACCOUNTS },
  withdraw: { kind: 'withdraw', why: 'not needed' },
  supersede: { kind: 'supersede', by: 'p-2' },
  expire: { kind: 'expire' },
  claim: CLAIM,
  release: { kind: 'release', why: 'not now' },
  'find-stale': {
    kind: 'find-stale',
    finding: { differences: [{ name: 'serial', sealed: 1, found: 2 }], spent: false },
  },
  start: { kind: 'start', start: { nonces: [], signed: SIGNED } },
  'see-output': { kind: 'see-output', output: { stream: 'stdout', digest: sha('e'), sizeBytes: 3 } },
  finish: { kind: 'finish', finish: { outcome: outcome('completed'), signed: SIGNED } },
  verify: {
    kind: 'verify',
    verified: { observations: [], verdict: judge([CHECK], [], [], 'completed'), signed: SIGNED },
  },
  reconcile: { kind: 'reconcile', note: 'looked, and it is fine' },
  'destroy-secrets': { kind: 'destroy-secrets', destroyed: { digests: [sha('f')] } },
};
