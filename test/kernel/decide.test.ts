import { expect, test } from 'vitest';
import {
  type Command,
  type CommandKind,
  LEGAL_IN,
  MAY_ASK,
  type Principal,
  type PrincipalKind,
  type StateKind,
} from '../../src/kernel/index.ts';
import {
  AGENT,
  ANN,
  ask,
  BEN,
  CHECK,
  CLAIM,
  CONTROL,
  EVERY_COMMAND,
  LOOK,
  live,
  NOTHING,
  observation,
  RUNNER,
  type Told,
  tell,
  VERIFIER,
} from './examples.ts';

/** One proposal in each state. */
const EXAMPLES: Readonly<Record<StateKind, () => Told>> = {
  absent: () => NOTHING,
  drafted: () => live('seal'),
  unplannable: () => tell(live('seal'), EVERY_COMMAND['mark-unplannable'], CONTROL),
  proposed: () => live('admit'),
  refused: () => tell(live('admit'), EVERY_COMMAND.refuse, CONTROL),
  open: () => live('approve'),
  rejected: () => tell(live('approve'), EVERY_COMMAND.reject, BEN),
  withdrawn: () => tell(live('approve'), EVERY_COMMAND.withdraw, AGENT),
  superseded: () => tell(live('approve'), EVERY_COMMAND.supersede, CONTROL),
  expired: () => tell(live('approve'), EVERY_COMMAND.expire, CONTROL, 1_900_000_000_000),
  approved: () => live('claim'),
  stale: () => tell(live('look'), EVERY_COMMAND['find-stale'], RUNNER),
  executing: () => live('start'),
  executed: () => live('verify'),
  held: () => live('end', { after: [observation('red')] }),
  closed: () => live('end'),
};

// The keys of a Record over a closed union are that union.
const STATES = Object.keys(EXAMPLES) as StateKind[];
// As above.
const COMMANDS = Object.keys(EVERY_COMMAND) as CommandKind[];

const PRINCIPALS: Readonly<Record<PrincipalKind, Principal>> = {
  person: BEN,
  agent: AGENT,
  runner: RUNNER,
  verifier: VERIFIER,
  control: CONTROL,
};

/** The design's life of a proposal, written down once more by hand. */
const LIFE: Readonly<Record<StateKind, readonly CommandKind[]>> = {
  absent: ['draft'],
  drafted: ['mark-unplannable', 'seal', 'comment', 'withdraw', 'supersede'],
  unplannable: ['comment'],
  proposed: ['admit', 'refuse', 'look', 'comment', 'withdraw', 'supersede'],
  refused: ['comment', 'destroy-secrets'],
  open: ['look', 'comment', 'approve', 'reject', 'withdraw', 'supersede', 'expire'],
  rejected: ['comment', 'review-glass', 'destroy-secrets'],
  withdrawn: ['comment', 'review-glass', 'destroy-secrets'],
  superseded: ['comment', 'review-glass', 'destroy-secrets'],
  expired: ['comment', 'review-glass', 'destroy-secrets'],
  approved: ['look', 'comment', 'approve', 'reject', 'review-glass', 'withdraw', 'supersede', 'expire', 'claim'],
  stale: ['comment', 'review-glass', 'destroy-secrets'],
  executing: ['look', 'comment', 'review-glass', 'release', 'find-stale', 'start', 'see-output', 'finish'],
  executed: ['comment', 'review-glass', 'verify', 'reconcile'],
  held: ['comment', 'review-glass', 'verify', 'reconcile'],
  closed: ['comment', 'review-glass', 'verify', 'reconcile', 'destroy-secrets'],
};

test('[KERNEL-01] the table of legal commands is the life of a proposal as it was designed', () => {
  const byState = STATES.map((state) => [state, COMMANDS.filter((command) => LEGAL_IN[command].includes(state))]);
  expect(Object.fromEntries(byState)).toEqual(LIFE);
});

/** What the command line calls a command by another name than the kernel; verbs for what nobody can type. */
const TYPED: Readonly<Partial<Record<CommandKind, string>>> = {
  draft: 'propose',
  'mark-unplannable': 'plan',
  'review-glass': 'review',
  claim: 'execute',
  release: 'execute',
  'find-stale': 'execute',
  start: 'execute',
  'see-output': 'execute',
  finish: 'execute',
  'destroy-secrets': 'destroy its secrets',
};

function typed(command: CommandKind): string {
  return TYPED[command] ?? command;
}

const AGAIN = 'countersign show p-1, then propose the change again if it is still wanted';

/** What helps in each state, as it is typed. */
const HELP: Readonly<Record<StateKind, string>> = {
  absent: 'countersign list shows what there is',
  drafted: 'countersign show p-1, then wait until it is open',
  unplannable: AGAIN,
  proposed: 'countersign show p-1, then wait until it is open',
  refused: AGAIN,
  open: 'countersign show p-1, then countersign approve p-1 --ssh-key FILE',
  rejected: AGAIN,
  withdrawn: AGAIN,
  superseded: AGAIN,
  expired: AGAIN,
  approved: 'countersign show p-1, then countersign execute p-1',
  stale: AGAIN,
  executing: 'countersign show p-1, then wait; if its runner died, countersign execute p-1',
  executed: 'countersign show p-1, then countersign verify p-1',
  held: 'countersign show p-1, then countersign reconcile p-1 --note "what you found"',
  closed: 'countersign show p-1',
};

test.each(STATES)('[KERNEL-06] there is a way to %s', (state) => {
  expect(EXAMPLES[state]().state.kind).toBe(state);
});

test.each(STATES)(
  '[KERNEL-01, L13] a proposal that is %s refuses every other command and names the one that helps',
  (kind) => {
    const told = EXAMPLES[kind]();
    for (const command of COMMANDS.filter((name) => !LIFE[kind].includes(name))) {
      const asker = PRINCIPALS[MAY_ASK[command][0] ?? 'person'];
      expect(ask(told, EVERY_COMMAND[command], asker)).toEqual({
        kind: 'refused',
        code: 'NOT_LEGAL_NOW',
        what: typed(command),
        where: kind === 'absent' ? 'a new proposal' : 'p-1',
        why: `the proposal is ${kind}`,
        next: HELP[kind],
      });
    }
  },
);

/** Who may ask for what, by the laws. */
const ASKERS: Readonly<Record<PrincipalKind, readonly CommandKind[]>> = {
  person: ['draft', 'comment', 'approve', 'reject', 'review-glass', 'withdraw', 'reconcile'],
  agent: ['draft', 'comment', 'withdraw'],
  control: ['mark-unplannable', 'seal', 'admit', 'refuse', 'supersede', 'expire', 'destroy-secrets'],
  runner: ['expire', 'claim', 'release', 'find-stale', 'start', 'see-output', 'finish', 'destroy-secrets'],
  verifier: ['look', 'verify'],
};

test('[KERNEL-02, L1, L14] an agent of whatever model may propose, comment and withdraw; nobody else may do what is theirs', () => {
  for (const [kind, commands] of Object.entries(ASKERS)) {
    const allowed = COMMANDS.filter((command) => MAY_ASK[command].some((one) => one === kind));
    expect(allowed, kind).toEqual(COMMANDS.filter((command) => commands.includes(command)));
  }
});

test('[KERNEL-02, L1, L13] a command from the wrong kind of principal is refused in every state, whatever else it is', () => {
  for (const state of STATES) {
    const told = EXAMPLES[state]();
    for (const command of COMMANDS) {
      for (const principal of Object.values(PRINCIPALS).filter((one) => !MAY_ASK[command].includes(one.kind))) {
        const who = principal.kind === 'agent' ? 'an agent' : `a ${principal.kind}`;
        expect(ask(told, EVERY_COMMAND[command], principal)).toEqual({
          kind: 'refused',
          code: 'NOT_YOURS_TO_DO',
          what: typed(command),
          where: state === 'absent' ? 'a new proposal' : 'p-1',
          why: `${who} can never ${typed(command)}`,
          next: `ask a ${MAY_ASK[command].join(' or ')}`,
        });
      }
    }
  }
});

test('[KERNEL-07] plain commands become the events that they ask for', () => {
  const cases: readonly (readonly [Told, Command, Principal, object])[] = [
    [
      EXAMPLES.drafted(),
      EVERY_COMMAND['mark-unplannable'],
      CONTROL,
      { type: 'unplannable', why: 'no plan', next: 'fix it' },
    ],
    [EXAMPLES.drafted(), EVERY_COMMAND.seal, CONTROL, { type: 'sealed', ...EVERY_COMMAND.seal.sealed }],
    [EXAMPLES.proposed(), EVERY_COMMAND.refuse, CONTROL, { type: 'refused', because: EVERY_COMMAND.refuse.because }],
    [EXAMPLES.open(), EVERY_COMMAND.comment, AGENT, { type: 'commented', text: 'I applied it' }],
    [EXAMPLES.open(), EVERY_COMMAND.supersede, CONTROL, { type: 'superseded', by: 'p-2' }],
    [
      EXAMPLES.closed(),
      EVERY_COMMAND['destroy-secrets'],
      RUNNER,
      { type: 'secrets-destroyed', digests: EVERY_COMMAND['destroy-secrets'].destroyed.digests },
    ],
    [EXAMPLES.approved(), CLAIM, RUNNER, { type: 'claimed', ...CLAIM.claim }],
    [
      EXAMPLES.proposed(),
      LOOK,
      VERIFIER,
      { type: 'observed', phase: 'proposed', observations: LOOK.observations, signed: LOOK.signed },
    ],
  ];
  for (const [told, command, actor, event] of cases) {
    expect(ask(told, command, actor)).toEqual({ kind: 'decided', events: [event] });
  }
});

test('[L2, KERNEL-18] nobody proposes in the name of somebody else', () => {
  const inAnnsName: Command = { kind: 'draft', draft: { ...EVERY_COMMAND.draft.draft, proposer: ANN } };
  expect(ask(NOTHING, inAnnsName, AGENT)).toEqual({
    kind: 'refused',
    code: 'NOT_YOURS_TO_DO',
    what: 'draft',
    where: 'a new proposal',
    why: 'agent coder asks for it in the name of ann',
    next: 'propose it in your own name',
  });
  expect(ask(NOTHING, inAnnsName, BEN)).toMatchObject({ why: 'ben asks for it in the name of ann' });
  expect(ask(NOTHING, EVERY_COMMAND.draft, { ...AGENT, person: 'ben-laptop' })).toMatchObject({ kind: 'refused' });
  expect(ask(NOTHING, inAnnsName, ANN)).toEqual({
    kind: 'decided',
    events: [{ type: 'drafted', ...inAnnsName.draft }],
  });
});

test('[KERNEL-27, L7, L13] two checks of one name are not sealed: one answer would judge them both', () => {
  const seal = (...ids: readonly string[]): Command => ({
    kind: 'seal',
    sealed: { ...EVERY_COMMAND.seal.sealed, checks: ids.map((id) => ({ ...CHECK, id, claim: id })) },
  });
  expect(ask(EXAMPLES.drafted(), seal('a', 'b', 'b', 'a'), CONTROL)).toEqual({
    kind: 'refused',
    code: 'POLICY',
    what: 'seal',
    where: 'p-1',
    why: 'two of its checks are called "b", and one answer would judge them both',
    next: 'propose the change again, with a name for each check',
  });
  for (const ids of [[], ['a'], ['a', 'b', 'A']]) {
    expect(ask(EXAMPLES.drafted(), seal(...ids), CONTROL), ids.join()).toMatchObject({ kind: 'decided' });
  }
});
