/** Random moves: mostly the next step that somebody would take, and now and then something that nobody may do. */

import fc from 'fast-check';
import {
  type AccountsOf,
  type CheckAnswer,
  type CheckedApproval,
  type CheckedStatement,
  type CheckSpec,
  type Command,
  type CommandKind,
  type Environment,
  judge,
  LEGAL_IN,
  type OutcomeKind,
  type Person,
  type Principal,
  type ProposalState,
  type Proposer,
  type ReleaseFinding,
  type Requirement,
  type StateKind,
  type StatementDecision,
  statementSubject,
} from '../../../src/kernel/index.ts';
import {
  ACCOUNTS,
  AGENT,
  ANN,
  BEN,
  CHECK,
  CLEO,
  CONTROL,
  draft,
  EVERY_COMMAND,
  HOUR,
  NOW,
  observation,
  outcome,
  REQUIREMENT,
  RUNNER,
  SIGNED,
  sealed,
  sha,
  statement,
  VERIFIER,
} from '../examples.ts';
import { ToldWorld } from './told-world.ts';

const DAN: Person = { kind: 'person', name: 'dan' };
const PEOPLE: readonly Person[] = [ANN, BEN, CLEO, DAN];
const PROPOSERS: readonly Proposer[] = [AGENT, ANN, BEN, { kind: 'agent', name: 'helper', person: 'cleo-laptop' }];
const ENVIRONMENTS: readonly Environment[] = ['production', 'staging', 'sandbox'];
const OUTCOMES: readonly OutcomeKind[] = ['completed', 'completed', 'no-effect', 'partial', 'indeterminate'];
const ANSWERS: readonly CheckAnswer[] = ['green', 'green', 'green', 'red', 'unknown'];
const CHECKS: readonly (readonly CheckSpec[])[] = [
  [CHECK],
  [CHECK, { ...CHECK, id: 'plan-empty', kind: 'terraform-plan' }],
  [{ ...CHECK, id: 'plan-empty', kind: 'terraform-plan' }],
  [],
];
// Two names of one place, and one whose place nobody can tell.
const TARGETS = ['shop', 'shop', 'till', 'ledger', 'ledger'] as const;
/** The place of the target `shop`, and of the target `till`. */
export const PLACE: string = sha('9');
const PLACES: Readonly<Record<string, string>> = { shop: PLACE, till: PLACE };

/** What goes wrong in a move; `none` most of the time. */
const TWISTS = [
  'agent',
  'agent',
  'agent',
  'anybody',
  'anybody',
  'anybody',
  'wild',
  'wrong-bundle',
  'wrong-proposal',
  'wrong-policy',
  'wrong-runner',
  'ran-out',
  'too-long',
  'break-glass',
  'no-reason',
  'same-nonce',
  'twin-key',
  'twin-account',
  'no-accounts',
  'foreign-hand',
  'forged-proposer',
  'forged-claim',
  'forged-claim',
  'no-nonces',
  'forged-verdict',
  'twin-verifier',
  'as-before',
  'time-flies',
  'twin-checks',
  'other-hold',
  'other-hold',
  'other-hold',
  'doubt',
  'doubt',
  'doubt',
  'doubt',
  'unexamined',
  'wrong-recovery',
  'wrong-recovery',
] as const;

type Twist = (typeof TWISTS)[number] | 'none';

/** One move of a game. */
export type Move = {
  readonly of: number;
  readonly choice: number;
  readonly who: number;
  readonly twist: Twist;
  readonly minutes: number;
};

/** How each of the proposals is set up. */
export type Setting = {
  readonly proposer: number;
  readonly environment: number;
  readonly checks: number;
  readonly approvals: number;
  readonly fourEyes: boolean;
  readonly isGranted: boolean;
  readonly mayBreakGlass: boolean;
  readonly signedReconcile: boolean;
  /** The trust file is edited between approval and claim: now it shows that two names are one person. */
  readonly areTwinsAtClaim: boolean;
  /** Which of those that hold the target it recovers. */
  readonly recovers: number | undefined;
};

export const settings: fc.Arbitrary<readonly Setting[]> = fc.array(
  fc.record({
    proposer: fc.nat(3),
    environment: fc.nat(2),
    checks: fc.nat(3),
    approvals: fc.constantFrom(1, 1, 1, 1, 2, 2, 2, 3, 0),
    fourEyes: fc.boolean(),
    isGranted: fc.constantFrom(false, false, false, false, false, true),
    mayBreakGlass: fc.boolean(),
    signedReconcile: fc.boolean(),
    areTwinsAtClaim: fc.constantFrom(false, false, true),
    recovers: fc.constantFrom(undefined, 0, 1),
  }),
  { minLength: 5, maxLength: 5 },
);

export const moves: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.record({
    of: fc.nat(4),
    choice: fc.nat(99),
    who: fc.nat(99),
    twist: fc.oneof(
      { weight: 4, arbitrary: fc.constant<Twist>('none') },
      { weight: 1, arbitrary: fc.constantFrom<Twist>(...TWISTS) },
    ),
    minutes: fc.nat(1),
  }),
  { minLength: 80, maxLength: 160, size: 'max' },
);

/** What somebody would do next in each state; what stands more than once is done more often. */
const NEXT: Readonly<Record<StateKind, readonly CommandKind[]>> = {
  absent: ['draft'],
  drafted: [...Array<CommandKind>(20).fill('seal'), 'mark-unplannable', 'withdraw', 'supersede', 'comment'],
  unplannable: ['comment'],
  proposed: [...Array<CommandKind>(12).fill('admit'), 'look', 'refuse', 'comment'],
  refused: ['destroy-secrets', 'comment'],
  open: [...Array<CommandKind>(30).fill('approve'), 'look', 'reject', 'withdraw', 'supersede', 'expire'],
  rejected: ['destroy-secrets', 'review-glass'],
  withdrawn: ['destroy-secrets', 'review-glass'],
  superseded: ['destroy-secrets', 'review-glass'],
  expired: ['destroy-secrets', 'review-glass'],
  approved: [
    ...Array<CommandKind>(10).fill('claim'),
    'approve',
    'look',
    'expire',
    'review-glass',
    'review-glass',
    'withdraw',
  ],
  stale: ['destroy-secrets', 'review-glass'],
  executing: [
    ...Array<CommandKind>(4).fill('look'),
    ...Array<CommandKind>(4).fill('start'),
    'see-output',
    'finish',
    'finish',
    'finish',
    'release',
    'find-stale',
    'comment',
  ],
  executed: ['verify', 'verify', 'verify', 'review-glass', 'comment'],
  held: ['verify', 'reconcile', ...Array<CommandKind>(9).fill('comment')],
  closed: ['destroy-secrets', 'verify', 'review-glass', 'comment', 'reconcile'],
};

export const SIGNING = { rule: 'signed', where: 'trust.yaml:1:1', demand: 'a signature' };
const OTHER_RUNNER: Principal = { kind: 'runner', name: 'runner-2', key: 'other-key' };
const EVERYBODY: readonly Principal[] = [AGENT, ...PEOPLE, RUNNER, OTHER_RUNNER, OTHER_RUNNER, VERIFIER, CONTROL];
const COMMANDS: readonly CommandKind[] = Object.values(EVERY_COMMAND).map((command) => command.kind);

const pick = <Item>(items: readonly Item[], index: number): Item => {
  const item = items[index % items.length];
  if (item === undefined) throw new TypeError('nothing to pick from');
  return item;
};

const OVER: readonly StateKind[] = [...LEGAL_IN['destroy-secrets'], 'unplannable'];

/** Plays a game. */
export function play(setting: readonly Setting[], game: readonly Move[]): ToldWorld {
  const world = new ToldWorld();
  let atMs = NOW;
  const generations: number[] = [];
  game.forEach((move, index) => {
    atMs += move.minutes * 60_000 + (move.twist === 'time-flies' ? 3 * HOUR : 0);
    const name = (): string => `p-${move.of}-${generations[move.of] ?? 0}`;
    // A change that is over makes room for another one of the same kind, now and then.
    if (OVER.includes(world.state(name()).kind) && move.choice < 40)
      generations[move.of] = (generations[move.of] ?? 0) + 1;
    const proposal = name();
    const target = pick(TARGETS, move.of);
    const { held, reconciled = [] } = world.lock(proposal, target);
    const recoveries = recoveriesOf(world, proposal);
    const scene = { move, index, atMs, proposal, target, held, reconciled, recoveries, plan: pick(setting, move.of) };
    const state = world.state(proposal);
    const kind = pick(move.twist === 'wild' ? COMMANDS : NEXT[state.kind], move.choice);
    const [command, actor] = makeMove({ ...scene, state }, kind);
    world.ask(proposal, scene.target, command, disguise(move, actor), atMs);
  });
  return world;
}

type Scene = {
  readonly move: Move;
  readonly index: number;
  readonly atMs: number;
  readonly proposal: string;
  readonly target: string;
  readonly held: readonly string[];
  readonly reconciled: readonly string[];
  /** Other proposals, those that say they recover this one first. */
  readonly recoveries: readonly ProposalState[];
  readonly plan: Setting;
  readonly state: ProposalState;
};

function disguise({ twist, who }: Move, actor: Principal): Principal {
  if (twist === 'agent') return AGENT;
  if (twist === 'anybody') return pick(EVERYBODY, who);
  return actor;
}

function makeMove(scene: Scene, kind: CommandKind): readonly [Command, Principal] {
  const { move, plan, proposal, target, index } = scene;
  const person = pick(PEOPLE, move.who);
  const verifier = move.twist === 'twin-verifier' ? { ...VERIFIER, name: RUNNER.name } : VERIFIER;
  const proposer = pick(PROPOSERS, plan.proposer);
  const checks = pick(CHECKS, plan.checks);
  switch (kind) {
    case 'draft': {
      const drafted = draft({ proposal, target, proposer, ...recoversOf(scene) });
      return [{ kind, draft: drafted }, move.twist === 'forged-proposer' ? person : proposer];
    }
    case 'seal': {
      const fields = sealed({
        environment: pick(ENVIRONMENTS, plan.environment),
        checks: move.twist === 'twin-checks' ? [...checks, ...checks] : checks,
        bundleDigest: bundleOf(proposal),
        place: PLACES[target],
      });
      return [{ kind, sealed: fields }, CONTROL];
    }
    case 'admit':
      return [{ kind, requirement: requirementOf(scene) }, CONTROL];
    case 'look':
      return [{ kind, observations: observationsOf(checks, 'red', index), signed: SIGNED }, verifier];
    case 'approve':
      return [{ kind, approval: approvalOf(scene, person), accountsOf: accountsOf(move.twist) }, handOf(move, person)];
    case 'reject':
      return [{ kind, approval: approvalOf(scene, person, 'reject') }, handOf(move, person)];
    case 'withdraw':
      return [{ kind, why: 'no' }, proposer];
    case 'comment':
      return [{ kind, text: 'I applied it' }, move.who % 2 === 0 ? AGENT : person];
    case 'review-glass':
      return [
        { kind, note: 'looked', accountsOf: accountsOf(move.twist), statement: statementOf(scene, person, 'review') },
        handOf(move, person),
      ];
    case 'reconcile':
      return [
        { kind, note: 'looked', ...throughOf(scene), statement: statementOf(scene, person, 'reconcile') },
        handOf(move, person),
      ];
    case 'claim': {
      const runner = move.twist === 'forged-claim' ? 'runner-2' : RUNNER.name;
      return [
        {
          kind,
          claim: { runner, claim: `c-${index}`, account: 'deploy' },
          accountsOf: accountsOf(plan.areTwinsAtClaim ? 'twin-account' : move.twist),
          releases: releasesOf(scene),
        },
        RUNNER,
      ];
    }
    case 'start':
      return [{ kind, start: { nonces: noncesOf(scene), ...believedOf(scene), signed: SIGNED } }, RUNNER];
    case 'finish':
      return [{ kind, finish: { outcome: outcome(pick(OUTCOMES, move.who)), signed: SIGNED } }, RUNNER];
    case 'verify':
      return [verifyOf(scene, checks), verifier];
    case 'mark-unplannable':
    case 'refuse':
    case 'supersede':
    case 'expire':
    case 'destroy-secrets':
      return [EVERY_COMMAND[kind], CONTROL];
    case 'release':
    case 'find-stale':
    case 'see-output':
      return [EVERY_COMMAND[kind], RUNNER];
  }
}

function recoversOf({ plan, held, reconciled }: Scene): { readonly recovers?: string } {
  if (plan.recovers === undefined) return {};
  const inDoubt = [...held, ...reconciled];
  return { recovers: inDoubt.length === 0 ? 'p-nowhere' : pick(inDoubt, plan.recovers) };
}

/** Half of the words are signed where nobody asks for it, most of them where somebody does. */
function statementOf(scene: Scene, person: Person, decision: StatementDecision): CheckedStatement | undefined {
  const { move, plan, state, target, held } = scene;
  const isSigned = move.who % (plan.signedReconcile ? 4 : 2) !== 0;
  if (!isSigned || statementSubject(state, decision) === undefined) return undefined;
  const other = move.twist === 'other-hold' ? { madeOn: 'c-none' } : {};
  const { through } = decision === 'reconcile' ? throughOf(scene) : {};
  return statement({ state, target: { busy: target, held } }, person, {
    decision,
    ...(through === undefined ? {} : { through }),
    ...other,
  });
}

function recoveriesOf(world: ToldWorld, proposal: string): readonly ProposalState[] {
  const others = [...new Set(world.log.map((entry) => entry.proposal))]
    .filter((other) => other !== proposal)
    .map((other) => world.state(other));
  const rank = (state: ProposalState): number =>
    'recovers' in state && state.recovers === proposal ? (state.kind === 'closed' ? 0 : 1) : 2;
  return others.toSorted((left, right) => rank(left) - rank(right));
}

/** A release names its recovery where there is one that is over, and now and then anything else. */
function throughOf({ move, recoveries, proposal }: Scene): {
  readonly through?: string;
  readonly recovery?: ProposalState;
} {
  const recovery = move.twist === 'wrong-recovery' ? recoveries[move.choice % 3] : recoveries[0];
  if (recovery === undefined || recovery.kind === 'absent') return {};
  const isMeant = recovery.recovers === proposal && (recovery.kind === 'closed' || move.who % 8 === 0);
  return isMeant || move.twist === 'wrong-recovery' ? { through: recovery.proposal, recovery } : {};
}

/** What a runner that looks finds of the releases; a recovery runs on what it doubts. */
function releasesOf({ move, reconciled }: Scene): readonly ReleaseFinding[] {
  if (move.twist === 'unexamined') return [];
  return reconciled.map((proposal) => (move.twist === 'doubt' ? { proposal, why: 'forged' } : { proposal }));
}

function believedOf({ state, reconciled }: Scene): { readonly reconciled?: readonly string[] } {
  const isRecovery = 'recovers' in state && state.recovers !== undefined;
  return isRecovery || reconciled.length === 0 ? {} : { reconciled };
}

const bundleOf = (proposal: string): string => proposal.padEnd(64, '0');

function requirementOf({ plan, move }: Scene): Requirement {
  // A policy that can't stand is tried now and then; always, and the game would end there.
  const isBold = move.choice % 8 === 0;
  const isSandbox = pick(ENVIRONMENTS, plan.environment) === 'sandbox';
  const grant = plan.isGranted && (isSandbox || isBold) ? { grant: 'nightly' } : {};
  const breakGlass = plan.mayBreakGlass ? ['ann', 'ben', 'cleo', 'dan'] : [];
  const eligible = ['ann', 'ben', 'cleo', 'dan'];
  return {
    ...REQUIREMENT,
    approvals: isBold ? plan.approvals : Math.max(1, plan.approvals),
    fourEyes: plan.fourEyes,
    breakGlass,
    eligible,
    openForMs: 4 * HOUR,
    ...(plan.signedReconcile ? { signedReconcile: SIGNING } : {}),
    ...grant,
  };
}

function observationsOf(checks: readonly CheckSpec[], answer: CheckAnswer | undefined, index: number) {
  return checks.map((check, at) =>
    observation(answer ?? pick(ANSWERS, index + at), answer === undefined ? 'b' : 'a', check.id),
  );
}

const handOf = (move: Move, person: Person): Person =>
  move.twist === 'foreign-hand' ? pick(PEOPLE, move.who + 1) : person;

function accountsOf(twist: Twist): AccountsOf {
  if (twist === 'no-accounts') return {};
  return { ...ACCOUNTS, dan: [twist === 'twin-account' ? 'ben-laptop' : 'dan-laptop'] };
}

function approvalOf(scene: Scene, person: Person, decision: 'approve' | 'reject' = 'approve'): CheckedApproval {
  const { move, index, atMs, proposal, target, plan, state } = scene;
  const { twist } = move;
  const used = 'approvals' in state ? state.approvals[0]?.document.nonce : undefined;
  const isBreaking = twist === 'break-glass' || twist === 'no-reason';
  return {
    document: {
      schema: 'countersign.approval/1',
      decision: isBreaking && decision === 'approve' ? 'break-glass' : decision,
      proposal: twist === 'wrong-proposal' ? 'p-9' : proposal,
      bundleDigest: twist === 'wrong-bundle' ? sha('9') : bundleOf(proposal),
      previewDigest: sha('c'),
      target,
      environment: pick(ENVIRONMENTS, plan.environment),
      approver: person.name,
      policyDigest: twist === 'wrong-policy' ? sha('9') : sha('d'),
      runner: twist === 'wrong-runner' ? 'runner-2' : RUNNER.name,
      expiresAtMs: atMs + lifeOf(twist),
      nonce: twist === 'same-nonce' && used !== undefined ? used : `n-${index}`,
      reason: twist === 'no-reason' ? '' : 'why',
    },
    signature: { kind: 'ssh', armored: 'signed' },
    fingerprint: twist === 'twin-key' ? 'SHA256:ben' : `SHA256:${person.name}`,
    strength: 'plain',
  };
}

function lifeOf(twist: Twist): number {
  if (twist === 'ran-out') return 0;
  return twist === 'too-long' ? 5 * HOUR : HOUR / 2;
}

/** The approvals that still stand, one per person, as a runner would name them. */
function noncesOf({ state, move }: Scene): readonly string[] {
  if (move.twist === 'no-nonces' || state.kind !== 'executing') return [];
  return [...new Map(state.approvals.map(({ document }) => [document.approver, document.nonce])).values()];
}

function verifyOf({ state, move, index }: Scene, checks: readonly CheckSpec[]): Command {
  const isNothing = state.kind === 'executed' && state.outcome.kind === 'no-effect' && move.choice % 2 === 0;
  const isAsBefore = isNothing || move.twist === 'as-before';
  const observations = observationsOf(checks, isAsBefore ? 'red' : undefined, index + move.who);
  const isJudgeable = state.kind === 'executed' || state.kind === 'held' || state.kind === 'closed';
  const verdict = isJudgeable
    ? judge(checks, state.baseline, observations, state.outcome.kind)
    : judge(checks, [], observations);
  const forged = { ...verdict, kind: 'confirmed' } as const;
  return {
    kind: 'verify',
    verified: { observations, verdict: move.twist === 'forged-verdict' ? forged : verdict, signed: SIGNED },
  };
}
