import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { StateOf } from '../../../src/kernel/index.ts';
import { type ExecutionStep, executeApproved, recoverUnfinished } from '../../../src/loop/execute/index.ts';
import { approveScript } from './house/approve-script.ts';
import type { House } from './house/open-house.ts';
import { EFFECT, effects, houseIn, makeRoot, openGate, startRunner, until } from './house/world.ts';

/** What is true after a death at a step: how often it ran by then, and what the next start has to say. */
type Death = {
  readonly step: ExecutionStep;
  /** The script may end by itself, or waits for ever. */
  readonly isGateOpen: boolean;
  readonly effects: number;
  readonly next: 'runs-it' | 'indeterminate' | 'completed';
};

const DEATHS: readonly Death[] = [
  { step: 'held', isGateOpen: true, effects: 0, next: 'runs-it' },
  { step: 'claimed', isGateOpen: true, effects: 0, next: 'runs-it' },
  { step: 'looked', isGateOpen: true, effects: 0, next: 'runs-it' },
  { step: 'opened', isGateOpen: true, effects: 0, next: 'runs-it' },
  { step: 'previewed', isGateOpen: true, effects: 0, next: 'runs-it' },
  { step: 'authorised', isGateOpen: true, effects: 0, next: 'runs-it' },
  { step: 'probed', isGateOpen: true, effects: 0, next: 'runs-it' },
  { step: 'intended', isGateOpen: true, effects: 0, next: 'indeterminate' },
  { step: 'reprobed', isGateOpen: true, effects: 0, next: 'indeterminate' },
  { step: 'started', isGateOpen: true, effects: 0, next: 'indeterminate' },
  { step: 'output', isGateOpen: false, effects: 1, next: 'indeterminate' },
  { step: 'ended', isGateOpen: true, effects: 1, next: 'indeterminate' },
  { step: 'observed', isGateOpen: true, effects: 1, next: 'indeterminate' },
  { step: 'concluded', isGateOpen: true, effects: 1, next: 'completed' },
  { step: 'finished', isGateOpen: true, effects: 1, next: 'completed' },
];

test.each(DEATHS)(
  '[EXECUTE-02, EXECUTE-03, L5, L10] killed at "$step", it never runs twice and nothing sounds better than it was',
  async ({ step, isGateOpen, effects: expected, next }) => {
    const root = makeRoot();
    const house = await houseIn(root);
    const { proposal } = await approveScript(house, EFFECT);
    if (isGateOpen) openGate(house);

    const died = await startRunner(root, proposal, step).ended;
    expect(died.signal).toBe('SIGKILL');
    expect(effects(house)).toHaveLength(expected);
    await expectNothingElseRuns(house, step);

    if (next === 'runs-it') return await expectItRuns(house, proposal);
    await recoverUnfinished(house.parts);
    const state = await executedState(house, proposal);
    expect(state.outcome.kind).toBe(next);
    expect(state.outcome.end).toEqual(next === 'completed' ? { kind: 'exited', code: 0 } : { kind: 'lost' });
    expect((await house.parts.projections.target('shop')).state.busy).toBe(proposal);
    expect(await executeApproved(house.parts, proposal)).toMatchObject({ kind: 'refused', code: 'NOT_LEGAL_NOW' });
    expect(effects(house)).toHaveLength(expected);
    expect(await house.parts.ledger.unfinished()).toEqual([]);
    expect(await recoverUnfinished(house.parts)).toEqual([]);
  },
);

async function expectItRuns(house: House, proposal: string): Promise<void> {
  const answer = await executeApproved(house.parts, proposal);
  expect(answer).toMatchObject({ kind: 'executed', outcome: { kind: 'completed' } });
  expect(effects(house)).toHaveLength(1);
  expect(readdirSync(house.parts.runsDirectory)).toHaveLength(1);
}

/** While the dead runner's claim is not settled, the target takes no other proposal; and the record holds what it acknowledged. */
async function expectNothingElseRuns(house: House, step: ExecutionStep): Promise<void> {
  const row = await house.parts.projections.proposal('p1');
  const target = await house.parts.projections.target('shop');
  expect(target.state.busy).toBe(step === 'held' ? undefined : 'p1');
  expect(row?.state.kind).toBe(step === 'held' ? 'approved' : step === 'finished' ? 'executed' : 'executing');
}

async function executedState(house: House, proposal: string): Promise<StateOf<'executed'>> {
  const { state } = await house.parts.journal.standing(proposal);
  if (state.kind !== 'executed') throw new TypeError(`it is ${state.kind}`);
  return state;
}

test('[EXECUTE-03, EXECUTE-12, EXECUTE-15] what a dead runner left is stopped, its output recorded to the end, and said', async () => {
  const root = makeRoot();
  const house = await houseIn(root);
  const script = `trap 'echo stopping; exit 0' TERM; echo began >> "$WORLD/effects"; echo one
while true; do sleep 0.02; done`;
  const { proposal } = await approveScript(house, script);
  await startRunner(root, proposal, 'output').ended;

  const recovered = await recoverUnfinished(house.parts);
  expect(recovered).toMatchObject([{ kind: 'ended', proposal }]);
  expect(recovered[0]?.why).toMatch(/^the outcome is indeterminate: the runner died while it executed; /);
  const { outcome } = await executedState(house, proposal);
  expect(outcome.because.slice(0, 3)).toEqual([
    'the runner died while it executed',
    expect.stringMatching(/^\d of its processes still ran and were asked to stop$/),
    'nobody saw it end',
  ]);
  const events = await house.parts.log.read({ stream: `proposal:${proposal}`, afterSeq: 0, limit: 100 });
  const outputs = events.map((event) => event.body).filter((body) => body.type === 'output');
  const pieces = await Promise.all(outputs.map((body) => house.parts.blobs.get(body.digest)));
  expect(Buffer.concat(pieces).toString()).toBe('one\nstopping\n');
  expect(outcome.evidence).toEqual(outputs.map((body) => body.digest));
  expect(outcome.resources).toMatchObject([{ detail: 'one⟨U+000A⟩stopping⟨U+000A⟩⟨U+202E⟩' }]);
});

test('[EXECUTE-15, EXECUTE-03] a leftover that does not stop is not killed, and is said to run still', async () => {
  const root = makeRoot();
  const house = await houseIn(root, (parts) => ({ pace: { ...parts.pace, reapWithinMs: 300 } }));
  const script = `trap '' TERM; echo one
while [ ! -e "$WORLD/gate" ]; do sleep 0.02; done; echo late >> "$WORLD/effects"`;
  const { proposal } = await approveScript(house, script);
  await startRunner(root, proposal, 'output').ended;
  await recoverUnfinished(house.parts);
  const { outcome } = await executedState(house, proposal);
  expect(outcome.kind).toBe('indeterminate');
  expect(outcome.because.slice(0, 5)).toEqual([
    'the runner died while it executed',
    expect.stringMatching(/^\d of its processes still ran and were asked to stop$/),
    expect.stringMatching(/^\d of its processes did not stop and still run$/),
    'nobody saw it end',
    expect.stringMatching(/^\d of its processes still ran when it had ended$/),
  ]);
  openGate(house);
  await until('the leftover ends by itself', () => effects(house).length === 1);
});

test('[EXECUTE-02, EXECUTE-03, L5] killed at any moment whatever, it runs at most once and ends in the truth', async () => {
  for (let round = 0; round < 6; round += 1) {
    const root = makeRoot();
    const house = await houseIn(root);
    const { proposal } = await approveScript(house, EFFECT);
    openGate(house);
    const runner = startRunner(root, proposal);
    const killAfterMs = 250 + round * 90;
    await new Promise((resolve) => setTimeout(resolve, killAfterMs));
    runner.kill('SIGKILL');
    await runner.ended;
    const before = effects(house).length;
    const answer = await executeApproved(house.parts, proposal);
    const after = effects(house).length;
    expect(after).toBeLessThanOrEqual(1);
    if (answer.kind === 'executed') expect([before, after]).toEqual([0, 1]);
    else expect(after).toBe(before);
    const { state } = await house.parts.journal.standing(proposal);
    if (state.kind !== 'executed') throw new TypeError(`it is ${state.kind}`);
    if (state.outcome.kind === 'completed') expect(after).toBe(1);
    else expect(state.outcome.kind).toBe('indeterminate');
  }
});

test('[EXECUTE-02, EXECUTE-03] a runner that dies while it recovers leaves the rest to the next', async () => {
  const root = makeRoot();
  const house = await houseIn(root);
  const { proposal } = await approveScript(house, EFFECT);
  openGate(house);
  await startRunner(root, proposal, 'ended').ended;
  const [entry] = await house.parts.ledger.unfinished();
  await house.parts.ledger.conclude(entry?.intent.claim ?? '', {
    kind: 'executed',
    outcome: { kind: 'indeterminate', resources: [], end: { kind: 'lost' }, because: ['died again'], evidence: [] },
  });
  expect(await recoverUnfinished(house.parts)).toMatchObject([
    { kind: 'ended', why: 'the outcome is indeterminate: died again' },
  ]);
  expect((await executedState(house, proposal)).outcome.because).toEqual(['died again']);
});

test('[EXECUTE-02, EXECUTE-03, L5] killed right after the launch, it may have begun, and is never run again', async () => {
  const root = makeRoot();
  const house = await houseIn(root);
  const { proposal } = await approveScript(house, EFFECT);
  await startRunner(root, proposal, 'launched').ended;
  expect(await executeApproved(house.parts, proposal)).toMatchObject({ kind: 'refused', code: 'NOT_LEGAL_NOW' });
  expect((await executedState(house, proposal)).outcome).toMatchObject({
    kind: 'indeterminate',
    end: { kind: 'lost' },
  });
  expect(effects(house).length).toBeLessThanOrEqual(1);
});

test('[EXECUTE-02] a living runner’s execution is left alone by others', async () => {
  const root = makeRoot();
  const house = await houseIn(root);
  const { proposal } = await approveScript(house, EFFECT);
  const runner = startRunner(root, proposal);
  await until('it runs', () => effects(house).length === 1);
  expect(await recoverUnfinished(house.parts)).toEqual([]);
  expect(await executeApproved(house.parts, proposal)).toMatchObject({ kind: 'refused', code: 'NOT_LEGAL_NOW' });
  openGate(house);
  expect((await runner.ended).said).toBe('executed completed');
  expect(readdirSync(join(root, 'runner', 'holds'))).toEqual([]);
});
