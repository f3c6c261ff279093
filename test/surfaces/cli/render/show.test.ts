import { expect, test } from 'vitest';
import { LEGAL_IN, type StateKind } from '../../../../src/kernel/index.ts';
import { nextStep } from '../../../../src/surfaces/cli/render/next-step.ts';
import { renderShow } from '../../../../src/surfaces/cli/render/show.ts';
import { STATE_WORDS } from '../../../../src/surfaces/cli/render/state-words.ts';
import { paintFor } from '../../../../src/surfaces/cli/terminal.ts';
import type { ProposalView } from '../../../../src/surfaces/cli/view/proposal-view.ts';

const NOW_MS = 1_800_000_000_000;
const PLAIN = paintFor(false);

const HALF_DONE: ProposalView = {
  schema: 'countersign.show/1',
  id: 'p-7k3m9q2x1a',
  target: 'infra',
  environment: 'production',
  driver: 'terraform',
  intent: 'rotate the cache nodes',
  proposer: { kind: 'agent', name: 'claude-code', person: 'ann', session: 's-1' },
  recovers: null,
  state: 'held',
  why: 'the outcome is partial and the verdict is refuted',
  outcome: 'partial',
  outcomeBecause: ['terraform_data.c reported an error'],
  verdict: 'refuted',
  verdicts: [
    { kind: 'inconclusive', isAsBefore: false, findings: [] },
    {
      kind: 'refuted',
      isAsBefore: false,
      findings: [{ id: 'terraform-plan-is-empty', role: 'refutes', why: 'is red' }],
    },
  ],
  mark: null,
  counts: { destroys: 2, replaces: 1, creates: 1, updates: 0, runs: 0, others: 0 },
  unpredictable: 1,
  preview: null,
  resources: [
    { address: 'terraform_data.a', action: 'create', status: 'done', id: 'i-1' },
    { address: 'terraform_data.d', action: 'create', status: 'not-attempted' },
  ],
  approvals: [
    {
      approver: 'ann',
      decision: 'approve',
      fingerprint: 'SHA256:abc',
      strength: 'plain',
      reason: '',
      expiresAtMs: NOW_MS + 3_600_000,
    },
  ],
  requirement: {
    approvals: 1,
    eligible: ['ann'],
    fourEyes: false,
    plainKeys: true,
    openForMs: 1,
    approvalForMs: 1,
    breakGlass: [],
    because: [{ rule: 'default', where: 'trust.yaml:9:3', demand: 'one approval' }],
    policyDigest: 'd',
  },
  checks: [
    {
      id: 'terraform-plan-is-empty',
      kind: 'terraform-plan',
      claim: 'a fresh plan finds nothing to change',
      origin: 'driver',
      proposed: 'red',
      before: 'red',
      after: 'red',
      detail: '2 to change',
    },
  ],
  evidence: [],
  expiresAtMs: NOW_MS + 60_000,
  runner: 'local',
  level: 'advisory: the keys belong to this account',
  bundleDigest: 'b',
  previewDigest: 'p',
  glass: 'intact',
  reconciled: [],
  reviewed: [],
  claims: [
    { by: { kind: 'agent', name: 'claude-code', person: 'ann' }, atMs: NOW_MS, text: 'done, everything applied' },
  ],
  ranOut: null,
  trouble: [],
  unchecked: null,
  executable: null,
  waitsFor: [],
  events: [],
};

test('[CLI-01, L7] outcome and verdict stand apart, and an earlier verdict stays visible', () => {
  const lines = renderShow(HALF_DONE, PLAIN, NOW_MS).split('\n');
  expect(lines.filter((line) => line.startsWith('OUTCOME'))).toEqual([
    'OUTCOME  partial  some changes took effect, some did not (what the runner observed), advisory',
  ]);
  expect(lines.filter((line) => line.startsWith('VERDICT'))).toEqual([
    'VERDICT  refuted  the world is not as approved (what the verifier found)',
  ]);
  expect(lines).toContain('  earlier verdicts: inconclusive');
  expect(lines).toContain('  terraform-plan-is-empty refutes: is red');
});

test('[CLI-02, L6] a claim is quoted as words, below what was observed', () => {
  const text = renderShow(HALF_DONE, PLAIN, NOW_MS);
  expect(text).toContain('CLAIMED  words, not observations');
  expect(text).toContain('agent claude-code run by ann: “done, everything applied”');
  expect(text.indexOf('OUTCOME')).toBeLessThan(text.indexOf('CLAIMED'));
});

test('[CLI-09] the counts begin with what is destroyed', () => {
  expect(renderShow(HALF_DONE, PLAIN, NOW_MS)).toContain(
    "  destroys 2 · of which replaced 1 · creates 1 · updates 0 · can't be predicted: 1",
  );
});

test('[CLI-03, L13] a held proposal tells the tired person the one thing to do', () => {
  const lines = renderShow(HALF_DONE, PLAIN, NOW_MS).split('\n');
  expect(lines.at(-1)).toBe(
    'NEXT  look at the world; countersign recover p-7k3m9q2x1a shows the ways back; then countersign reconcile p-7k3m9q2x1a --note "what you found"',
  );
  expect(lines[1]).toBe(
    '  its target executes nothing else until a person reconciles it: the outcome is partial and the verdict is refuted',
  );
});

test('[CLI-03, L7] without a verdict it says that nobody has looked', () => {
  const text = renderShow({ ...HALF_DONE, state: 'executed', verdict: null, verdicts: [] }, PLAIN, NOW_MS);
  expect(text).toContain('VERDICT  none yet: nobody has looked at the world since');
  expect(text).toContain('NEXT  countersign verify p-7k3m9q2x1a');
});

test('[CLI-03] every state has words, and every state that waits for somebody has a next step', () => {
  const done: readonly StateKind[] = ['absent', 'withdrawn', 'superseded', 'closed'];
  for (const state of LEGAL_IN.comment) {
    expect(STATE_WORDS[state].meaning.length).toBeGreaterThan(10);
    expect(nextStep({ ...HALF_DONE, state }, NOW_MS) === undefined).toBe(done.includes(state));
  }
});

test('[CLI-04, L12] hostile text shows its control characters, with colours and without', () => {
  const hostile = {
    ...HALF_DONE,
    intent: 'safe\u001b[2J\u202eevil\u200b',
    target: 'in\rfra',
    claims: [{ by: HALF_DONE.proposer, atMs: 0, text: 'done\n\u001b[32mOUTCOME completed' }],
  };
  for (const paint of [PLAIN, paintFor(true)]) {
    const text = renderShow(hostile, paint, NOW_MS);
    expect(text).toContain('safe⟨U+001B⟩[2J⟨U+202E⟩evil⟨U+200B⟩');
    expect(text).toContain('in⟨U+000D⟩fra');
    expect(text).toContain('done⟨U+000A⟩⟨U+001B⟩[32mOUTCOME completed');
    expect(text.split('\n').filter((line) => line.includes('OUTCOME completed') && !line.includes('⟨'))).toEqual([]);
  }
});

test('[CLI-03, L7] a sealed proposal without checks says what that will mean', () => {
  expect(renderShow({ ...HALF_DONE, checks: [] }, PLAIN, NOW_MS)).toContain(
    '  none: the verdict can only be inconclusive, and the target will be held',
  );
});

test('[CLI-03, L1] a broken glass shouts until it is reviewed', () => {
  expect(renderShow({ ...HALF_DONE, glass: 'broken' }, PLAIN, NOW_MS)).toContain('THE GLASS WAS BROKEN');
  expect(renderShow({ ...HALF_DONE, glass: 'reviewed' }, PLAIN, NOW_MS)).not.toContain('THE GLASS');
  expect(nextStep({ ...HALF_DONE, state: 'closed', glass: 'broken' }, NOW_MS)).toContain(
    'countersign review p-7k3m9q2x1a',
  );
});

test('[CLI-03, L4] what ran out is not shown as something that may be executed or approved', () => {
  const { expiresAtMs } = HALF_DONE;
  for (const state of ['open', 'approved'] as const) {
    const lines = renderShow({ ...HALF_DONE, state, why: null }, PLAIN, expiresAtMs ?? 0).split('\n');
    expect(lines[1]).toBe('  its time ran out; nothing was changed, and it can not be executed');
    expect(lines.at(-1)).toBe('NEXT  its time ran out: propose it again');
    const before = renderShow({ ...HALF_DONE, state, why: null }, PLAIN, (expiresAtMs ?? 0) - 1);
    expect(before).toContain(STATE_WORDS[state].meaning);
    expect(before).not.toContain('ran out');
  }
  expect(nextStep({ ...HALF_DONE, state: 'executed' }, expiresAtMs ?? 0)).toBe('countersign verify p-7k3m9q2x1a');
});

test('[CLI-03, L4] an approved proposal whose approvals all ran out asks for new ones', () => {
  const [one] = HALF_DONE.approvals;
  const approvals = [NOW_MS - 1, NOW_MS].flatMap((at) => (one === undefined ? [] : [{ ...one, expiresAtMs: at }]));
  const approved = { ...HALF_DONE, state: 'approved', why: null, approvals } as const;
  const lines = renderShow(approved, PLAIN, NOW_MS).split('\n');
  expect(lines[1]).toBe('  its approvals ran out; it can not be executed until it is approved again');
  expect(lines.at(-1)).toBe(
    'NEXT  its approvals ran out: approve it again: countersign approve p-7k3m9q2x1a --ssh-key FILE',
  );
  expect(nextStep(approved, NOW_MS - 1)).toBe('countersign execute p-7k3m9q2x1a');
  expect(nextStep({ ...approved, state: 'open' }, NOW_MS)).toContain('read it and decide');
  const demanding = (more: object): ProposalView => ({
    ...approved,
    requirement: HALF_DONE.requirement === null ? null : { ...HALF_DONE.requirement, ...more },
  });
  expect(nextStep(demanding({ grant: 'sandbox-migrations' }), NOW_MS)).toBe('countersign execute p-7k3m9q2x1a');
  const two = demanding({ approvals: 2 });
  const living = HALF_DONE.approvals;
  expect(nextStep({ ...two, approvals: living }, NOW_MS)).toContain('its approvals ran out');
  const others = living.map((other) => ({ ...other, approver: 'ben' }));
  expect(nextStep({ ...two, approvals: [...living, ...others] }, NOW_MS)).toBe('countersign execute p-7k3m9q2x1a');
  const broken = living.map((other) => ({ ...other, decision: 'break-glass' }));
  expect(nextStep({ ...two, approvals: broken }, NOW_MS)).toBe('countersign execute p-7k3m9q2x1a');
});

test('[CLI-01, L6, L7] of a command no more is told than was seen, of the world no more than the checks answered', () => {
  const line = (view: ProposalView) =>
    renderShow(view, PLAIN, NOW_MS)
      .split('\n')
      .find((one) => one.startsWith('OUTCOME'));
  const completed = { ...HALF_DONE, outcome: 'completed' } as const;
  expect(line(completed)).toContain('completed  the tool reported every planned change as done (');
  expect(line({ ...completed, driver: 'argv' })).toContain(
    'completed  the command ended with 0 and left nothing running; only checks can show what it did (',
  );
  expect(line({ ...HALF_DONE, driver: 'argv', outcome: 'no-effect' })).toContain('the command never started');
  expect(line({ ...HALF_DONE, driver: 'argv' })).toContain('partial  some changes took effect, some did not');
  const verdicts = [{ kind: 'refuted', isAsBefore: true, findings: [] }] as const;
  expect(renderShow({ ...HALF_DONE, verdicts }, PLAIN, NOW_MS)).toContain('\n  its checks answer as before\n');
  expect(renderShow(HALF_DONE, PLAIN, NOW_MS)).not.toContain('as before');
});

test('[CLI-03, APPROVE-32] what a proposal recovers has a line of its own, and nothing where it recovers nothing', () => {
  const text = renderShow({ ...HALF_DONE, recovers: 'p-held\u001b' }, PLAIN, NOW_MS);
  expect(text).toContain('\nRECOVERS  p-held⟨U+001B⟩  countersign show p-held⟨U+001B⟩\n');
  expect(renderShow(HALF_DONE, PLAIN, NOW_MS)).not.toContain('RECOVERS');
});
