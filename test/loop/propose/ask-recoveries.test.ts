import { expect, test } from 'vitest';
import { type Command, judge, type Outcome, type Principal, type ProposalState } from '../../../src/kernel/index.ts';
import { askRecoveries, type ProposeParts, proposeChange } from '../../../src/loop/propose/index.ts';
import type { Recovery, RecoveryAnswer, RecoveryRequest } from '../../../src/tools/index.ts';
import { openProposeWorld, type ProposeWorld, planned, REQUIREMENT } from '../../support/propose-world.ts';
import { afterwards } from '../../support/temporary.ts';

const RUNNER = { kind: 'runner', name: 'prod-runner', key: 'key' } as const;
const VERIFIER = { kind: 'verifier', name: 'v', key: 'k' } as const;
const SIGNED = { key: 'key', signature: 's' };

const OUTCOME: Outcome = { kind: 'indeterminate', resources: [], end: { kind: 'lost' }, because: [], evidence: [] };

const RECOVERY: Recovery = {
  kind: 'untaint',
  subject: 'thing.a',
  isPossible: true,
  what: 'it takes the taint away',
  evidence: ['the object is there'],
  whyNot: null,
  first: null,
};

async function world(): Promise<ProposeWorld> {
  const opened = await openProposeWorld();
  afterwards(() => opened.close());
  opened.script.resolved = { environment: 'sandbox' };
  opened.script.admit = () => ({ kind: 'admitted', requirement: { ...REQUIREMENT, approvals: 0, grant: 'g' } });
  return opened;
}

const CLAIM: readonly [Command, Principal] = [
  { kind: 'claim', claim: { runner: 'prod-runner', claim: 'c', account: 'run' }, accountsOf: {} },
  RUNNER,
];

/** Executes and verifies in the record only, and leaves it held. @returns its id and state */
async function held(opened: ProposeWorld, more: Parameters<ProposeWorld['request']>[0] = {}) {
  const { parts, request } = opened;
  const answer = await proposeChange(parts, request({ checks: [], ...more }));
  if (answer.kind !== 'approved') return expect.unreachable();
  const verified = { observations: [], verdict: judge([], [], [], OUTCOME.kind), signed: SIGNED };
  const steps: readonly (readonly [Command, Principal])[] = [
    CLAIM,
    [{ kind: 'start', start: { nonces: [], signed: SIGNED } }, RUNNER],
    [{ kind: 'finish', finish: { outcome: OUTCOME, signed: SIGNED } }, RUNNER],
    [{ kind: 'verify', verified }, VERIFIER],
  ];
  for (const [command, actor] of steps) {
    expect((await parts.journal.ask(answer.id, command, actor)).kind).toBe('decided');
  }
  const state = await opened.state(answer.id);
  if (state.kind !== 'held') return expect.unreachable();
  return { id: answer.id, state };
}

/** The same parts, with a driver that can say what was left. */
function answering(parts: ProposeParts, answer: RecoveryAnswer) {
  const asked: RecoveryRequest[] = [];
  const recoveries = async (request: RecoveryRequest): Promise<RecoveryAnswer> => {
    asked.push(request);
    return answer;
  };
  const drivers = { ...parts.drivers, argv: { ...parts.drivers.argv, recoveries } };
  return { parts: { ...parts, drivers }, asked };
}

function question(proposal: string, more: Partial<Parameters<typeof askRecoveries>[1]> = {}) {
  return { proposal, inherited: {}, variables: [], secretVariables: [], ...more };
}

test('[APPROVE-32, L3] a held change is asked about in its own directory, with its outcome, in the environment it was sealed with', async () => {
  const opened = await world();
  opened.script.plan = async () =>
    planned({
      environmentVariables: {
        ...{ PATH: '/sealed', HOME: '/sealed', LANG: 'C', TZ: 'UTC', TMPDIR: '/sealed', TF_IN_AUTOMATION: '1' },
        ...{ TF_INPUT: '0', CHECKPOINT_DISABLE: '1', TF_CLI_CONFIG_FILE: '/sealed' },
        ...{ REGION: 'eu', ZONE: 'a', EQUAL: 'x=y', TOKEN: '(sealed)', KEY: '(sealed)', MOVED: 'clear' },
      },
    });
  const { id, state } = await held(opened, {
    inherited: { TOKEN: 'first-token', KEY: 'first-key' },
    secretVariables: ['TOKEN', 'KEY'],
  });
  const { parts, asked } = answering(opened.parts, { found: ['the object is tainted'], recoveries: [RECOVERY] });
  const inherited = { PATH: '/usr/bin', TOKEN: 'next-token', KEY: 'next-key', MOVED: 'hidden' };
  const answer = await askRecoveries(
    parts,
    question(id, { inherited, variables: ['ZONE=b'], secretVariables: ['KEY', 'MOVED'] }),
  );
  const variables = ['EQUAL=x=y', 'REGION=eu', 'ZONE=b'];
  const secretVariables = ['TOKEN', 'KEY', 'MOVED'];
  expect(answer).toStrictEqual({
    kind: 'recoveries',
    change: { target: 'web', driver: 'argv', directory: opened.work, recovers: id, variables, secretVariables },
    outcome: OUTCOME,
    verdict: state.verdicts.at(-1)?.verdict.kind,
    why: state.why,
    found: ['the object is tainted'],
    recoveries: [RECOVERY],
  });
  expect(state.verdicts).toHaveLength(1);
  expect(asked).toStrictEqual([
    {
      held: { proposal: id, bundleDigest: state.bundleDigest },
      outcome: OUTCOME,
      directory: opened.work,
      environment: {
        PATH: '/usr/bin',
        EQUAL: 'x=y',
        REGION: 'eu',
        ZONE: 'b',
        TOKEN: 'next-token',
        KEY: 'next-key',
        MOVED: 'hidden',
      },
      secretVariables: ['KEY', 'MOVED', 'TOKEN'],
    },
  ]);
  expect(opened.plans).toHaveLength(1);
  expect(await opened.rows()).toEqual([[id, 'held']]);
});

test('[APPROVE-32, L11] a secret is not taken from the bundle: whoever asks has it, or is told', async () => {
  const opened = await world();
  const { id } = await held(opened, { inherited: { TOKEN: 'first-token' }, secretVariables: ['TOKEN'] });
  const { parts, asked } = answering(opened.parts, { found: [], recoveries: [] });
  await expect(askRecoveries(parts, question(id))).rejects.toMatchObject({
    code: 'USAGE',
    message: 'the variable TOKEN is not set',
  });
  expect(asked).toEqual([]);
  const given = await askRecoveries(parts, question(id, { variables: ['TOKEN=clear'] }));
  expect(given).toMatchObject({ change: { variables: ['TOKEN=clear'], secretVariables: [] } });
});

test('[APPROVE-32, L13] of a tool that prepares no way back it is said that nothing is known', async () => {
  const opened = await world();
  const { id, state } = await held(opened);
  expect(await askRecoveries(opened.parts, question(id))).toStrictEqual({
    kind: 'recoveries',
    change: {
      target: 'web',
      driver: 'argv',
      directory: opened.work,
      recovers: id,
      variables: [],
      secretVariables: [],
    },
    outcome: OUTCOME,
    verdict: state.verdicts.at(-1)?.verdict.kind,
    why: state.why,
    found: ['nothing is known of what argv leaves: look at the world'],
    recoveries: [],
  });
});

test('[APPROVE-32, KERNEL-25] what a person released, and no runner believed, can still be asked about', async () => {
  const opened = await world();
  const { id } = await held(opened);
  await opened.parts.journal.ask(id, { kind: 'reconcile', note: 'looked' }, { kind: 'person', name: 'ann' });
  const released = await opened.state(id);
  expect(released).toMatchObject({ kind: 'closed', mark: 'reconciled' });
  const why = 'a person released it, and no runner has started anything since';
  expect(await askRecoveries(opened.parts, question(id))).toMatchObject({ kind: 'recoveries', why });
  // Nobody has looked, as far as the record says.
  if (released.kind !== 'closed') return expect.unreachable();
  const unseen = withState(opened.parts, id, { ...released, verdicts: [] });
  expect(await askRecoveries(unseen, question(id))).toMatchObject({ verdict: undefined });
});

/** The same parts, where one proposal stands otherwise. */
function withState({ journal, ...parts }: ProposeParts, id: string, state: ProposalState): ProposeParts {
  const standing: typeof journal.standing = async (asked) => {
    const now = await journal.standing(asked);
    return asked === id ? { ...now, state } : now;
  };
  return { ...parts, journal: { ask: (...asked) => journal.ask(...asked), standing } };
}

test('[APPROVE-32, L13] what holds nothing, or is nowhere, is refused by its id', async () => {
  const opened = await world();
  const { parts, asked } = answering(opened.parts, { found: [], recoveries: [] });
  expect(await askRecoveries(parts, question('p-nowhere'))).toStrictEqual({
    kind: 'refused',
    code: 'WRONG_DOCUMENT',
    what: 'this recovery',
    where: 'p-nowhere',
    why: 'there is no proposal p-nowhere',
    next: 'countersign list --state held shows what is held',
  });
  const open = await proposeChange(parts, opened.request({ checks: [] }));
  const id = open.kind === 'approved' ? open.id : '';
  expect(await askRecoveries(parts, question(id))).toStrictEqual({
    kind: 'refused',
    code: 'NOT_LEGAL_NOW',
    what: 'this recovery',
    where: id,
    why: `${id} is approved and holds nothing that could be recovered`,
    next: `countersign show ${id}; leave \`--recovers\` out`,
  });
  expect(asked).toEqual([]);
});

test('[APPROVE-32, KERNEL-29] what closed by disowned words is asked about as one of its target', async () => {
  const opened = await world();
  const { id, state } = await held(opened);
  const questions: (readonly [string, string | undefined])[] = [];
  const parts: ProposeParts = {
    ...withState(opened.parts, id, { ...state, kind: 'closed', mark: 'as-approved', place: 'e'.repeat(64) }),
    disownedReleases: async (target, place) => {
      questions.push([target, place]);
      return ['p-other', id];
    },
  };
  expect(await askRecoveries(parts, question(id))).toMatchObject({ kind: 'recoveries' });
  expect(questions).toEqual([['web', 'e'.repeat(64)]]);
});

test.each([
  ['no JSON', Buffer.from('nothing')],
  ['no text', Buffer.from([0x22, 0xff, 0x22])],
  ['no manifest', Buffer.from('{"driver":"argv"}')],
  ['a list', Buffer.from('[]')],
  [
    'a driver that nobody knows',
    Buffer.from('{"driver":"x","directory":"/","environmentVariables":{},"secretVariables":[]}'),
  ],
  [
    'a directory that is none',
    Buffer.from('{"driver":"argv","directory":1,"environmentVariables":{},"secretVariables":[]}'),
  ],
  [
    'a variable that is no text',
    Buffer.from('{"driver":"argv","directory":"/","environmentVariables":{"A":1},"secretVariables":[]}'),
  ],
  [
    'a secret that is no name',
    Buffer.from('{"driver":"argv","directory":"/","environmentVariables":{},"secretVariables":[1]}'),
  ],
])('[APPROVE-32, RECORD-26] a bundle that holds %s is not guessed at', async (_what, content) => {
  const opened = await world();
  const { id } = await held(opened);
  const { parts, asked } = answering(opened.parts, { found: [], recoveries: [] });
  const blobs = { ...parts.blobs, get: async () => content };
  await expect(askRecoveries({ ...parts, blobs }, question(id))).rejects.toMatchObject({
    code: 'BLOB_CORRUPT',
    message: `the bundle of ${id} can't be read`,
    hint: 'countersign record verify says what was changed',
    where: id,
  });
  expect(asked).toEqual([]);
});
