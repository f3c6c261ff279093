/** What a dead runner left, told step by step in one process: the record's side, the ledger's side, and what still lies there. */

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Command, ProposalState, StateOf } from '../../../src/kernel/index.ts';
import { type ExecutionParts, type Reaped, recoverUnfinished } from '../../../src/loop/execute/index.ts';
import { recoverExecution } from '../../../src/loop/execute/recover-execution.ts';
import { approveScript } from './house/approve-script.ts';
import { type House, lookingBaseline } from './house/open-house.ts';
import { EFFECT, houseIn, makeRoot } from './house/world.ts';

const CLAIM = 'claim-1';
const SIGNED = { key: 'runner-key', signature: 's' };
const STAGES = ['claimed', 'ready', 'started'] as const;

async function must(house: House, command: Command): Promise<void> {
  const { signer, journal } = house.parts;
  const answer = await journal.ask('p1', command, { kind: 'runner', name: signer.name, key: signer.key });
  if (answer.kind === 'refused') throw new TypeError(`${answer.code}: ${answer.why}`);
}

function noncesOf(state: ProposalState): readonly string[] {
  return 'approvals' in state ? state.approvals.map(({ document }) => document.nonce) : expect.unreachable();
}

/** A claim of a runner that died there, with its run directory; nothing stands in the ledger. */
async function diedAt(stage: (typeof STAGES)[number], change?: (parts: ExecutionParts) => Partial<ExecutionParts>) {
  const house = await houseIn(makeRoot(), change);
  const { state: approved } = await approveScript(house, EFFECT);
  const accountsOf = await house.parts.authority.accountsOf();
  const claim = { runner: house.parts.signer.name, claim: CLAIM, account: 'deploy' };
  await must(house, { kind: 'claim', claim, accountsOf });
  if (stage !== 'claimed') expect(await lookingBaseline(house.parts.journal).look('p1')).toEqual({ kind: 'looked' });
  if (stage === 'started') await must(house, { kind: 'start', start: { nonces: noncesOf(approved), signed: SIGNED } });
  const { state } = await house.parts.journal.standing('p1');
  if (state.kind !== 'executing') return expect.unreachable();
  expect(state.stage).toBe(stage);
  const runDirectory = join(house.parts.runsDirectory, `p1-${CLAIM}`);
  for (const name of ['copy', 'output']) mkdirSync(join(runDirectory, name), { recursive: true });
  return { house, state, runDirectory };
}

/** Writes into the ledger that it began. */
async function intend(house: House, state: StateOf<'executing'>, runDirectory: string): Promise<void> {
  const nonces = noncesOf(state);
  const intent = { claim: CLAIM, proposal: 'p1', bundleDigest: state.bundleDigest, nonces, runDirectory, atMs: 1 };
  expect(await house.parts.ledger.intend(intent)).toEqual({ kind: 'intended' });
}

async function executed(house: House): Promise<StateOf<'executed'>> {
  const { state } = await house.parts.journal.standing('p1');
  return state.kind === 'executed' ? state : expect.unreachable();
}

const left =
  (reaped: Reaped, asked: unknown[] = []) =>
  ({ launcher, pace }: ExecutionParts): Partial<ExecutionParts> => ({
    pace: { ...pace, reapWithinMs: 123 },
    launcher: {
      ...launcher,
      reap: async (claim, deadlineMs) => {
        asked.push([claim, deadlineMs]);
        return reaped;
      },
    },
  });

test.each(['claimed', 'ready'] as const)(
  '[EXECUTE-02, L5] a runner that died when it was %s began nothing: the claim is given back, and its directory is gone',
  async (stage) => {
    const { house, runDirectory } = await diedAt(stage);
    expect(await recoverUnfinished(house.parts)).toEqual([
      { kind: 'released', proposal: 'p1', claim: CLAIM, why: 'the runner died before anything began' },
    ]);
    const { state, target } = await house.parts.journal.standing('p1');
    expect(state.kind).toBe('approved');
    expect(target).toEqual({ busy: undefined, held: [] });
    expect(existsSync(runDirectory)).toBe(false);
    const events = await house.parts.log.read({ stream: 'proposal:p1', afterSeq: 0, limit: 100 });
    expect(events.at(-1)?.body).toMatchObject({ type: 'released', why: 'the runner died before anything began' });
    expect(await recoverUnfinished(house.parts)).toEqual([]);
  },
);

const LOST_LEDGER = "the record says that it began, and the runner's ledger has lost it";

test('[EXECUTE-10, EXECUTE-03, L5] what began by the record alone is in doubt for that very reason', async () => {
  const { house, runDirectory } = await diedAt('started');
  expect(await recoverUnfinished(house.parts)).toEqual([
    { kind: 'ended', proposal: 'p1', claim: CLAIM, why: LOST_LEDGER },
  ]);
  expect((await executed(house)).outcome).toEqual({
    kind: 'indeterminate',
    resources: [],
    end: { kind: 'lost' },
    because: [LOST_LEDGER],
    evidence: [],
  });
  // It may have begun: what lies there is kept.
  expect(existsSync(runDirectory)).toBe(true);
});

test('[EXECUTE-02, L13] an end that the record does not take stays unresolved, and is tried again', async () => {
  const { house } = await diedAt('started');
  const { journal } = house.parts;
  const refusal = { kind: 'refused', code: 'POLICY', what: 'it', where: 'here', why: 'not now', next: 'wait' } as const;
  const ask: typeof journal.ask = async (proposal, command, actor) =>
    command.kind === 'finish' ? refusal : await journal.ask(proposal, command, actor);
  const deaf = { ...house.parts, journal: { ask, standing: (id: string) => journal.standing(id) } };
  expect(await recoverUnfinished(deaf)).toEqual([
    { kind: 'unresolved', proposal: 'p1', claim: CLAIM, why: LOST_LEDGER },
  ]);
  expect((await journal.standing('p1')).state.kind).toBe('executing');
  expect(await recoverUnfinished(house.parts)).toMatchObject([{ kind: 'ended' }]);
});

test('[EXECUTE-02, EXECUTE-20] what was given back meanwhile, or is somebody else’s claim, needs no end', async () => {
  const { house, state, runDirectory } = await diedAt('claimed');
  const unfinished = { proposal: 'p1', claim: CLAIM, bundleDigest: state.bundleDigest };
  expect(await recoverExecution(house.parts, { ...unfinished, claim: 'claim-2' })).toBeUndefined();
  await must(house, { kind: 'release', why: 'thought dead' });
  expect(await recoverExecution(house.parts, unfinished)).toBeUndefined();
  expect((await house.parts.journal.standing('p1')).state.kind).toBe('approved');
  expect(existsSync(runDirectory)).toBe(true);
});

test('[EXECUTE-03, EXECUTE-12, EXECUTE-15] what lies in the run directory is recorded from where the record ends, and observed', async () => {
  const asked: unknown[] = [];
  const { house, state, runDirectory } = await diedAt('started', left({ found: 2, alive: 1 }, asked));
  await intend(house, state, runDirectory);
  writeFileSync(join(runDirectory, 'output', 'stdout'), 'one\ntwo\n');
  writeFileSync(join(runDirectory, 'output', 'stderr'), 'oops');
  const before = await house.parts.blobs.put(Buffer.from('one\n'));
  await must(house, { kind: 'see-output', output: { stream: 'stdout', digest: before, sizeBytes: 4 } });
  const because = [
    'the runner died while it executed',
    '2 of its processes still ran and were asked to stop',
    '1 of its processes did not stop and still run',
    'nobody saw it end',
    '1 of its processes still ran when it had ended',
    'the script ended: lost',
  ];
  expect(await recoverUnfinished(house.parts)).toEqual([
    { kind: 'ended', proposal: 'p1', claim: CLAIM, why: `the outcome is indeterminate: ${because.join('; ')}` },
  ]);
  expect(asked).toEqual([[CLAIM, 123]]);
  const { hash } = house.parts;
  expect((await executed(house)).outcome).toEqual({
    kind: 'indeterminate',
    resources: [{ address: 'command', action: 'run', status: 'unknown', detail: 'one⟨U+000A⟩two⟨U+000A⟩⟨U+202E⟩' }],
    end: { kind: 'lost' },
    because,
    evidence: [before, hash('two\n'), hash('oops')],
  });
  const events = await house.parts.log.read({ stream: 'proposal:p1', types: ['output'], afterSeq: 0, limit: 100 });
  expect(events.map(({ body }) => body)).toEqual([
    { type: 'output', stream: 'stdout', digest: before, sizeBytes: 4 },
    { type: 'output', stream: 'stdout', digest: hash('two\n'), sizeBytes: 4 },
    { type: 'output', stream: 'stderr', digest: hash('oops'), sizeBytes: 4 },
  ]);
  expect((await house.parts.ledger.find(state.bundleDigest))?.end).toMatchObject({ outcome: { because } });
});

test('[EXECUTE-03, EXECUTE-10] where the record has no start, its output has no place there, and that is said', async () => {
  const { house, state, runDirectory } = await diedAt('ready', left({ found: 0, alive: 0 }));
  await intend(house, state, runDirectory);
  writeFileSync(join(runDirectory, 'output', 'stdout'), 'one\n');
  expect(await recoverUnfinished(house.parts)).toMatchObject([{ kind: 'ended' }]);
  const { outcome } = await executed(house);
  expect(outcome.because).toEqual([
    'the runner died while it executed',
    "the record has no start of it, the runner's ledger has",
    'nobody saw it end',
    'the script ended: lost',
  ]);
  expect(outcome.evidence).toEqual([]);
  expect(outcome.resources).toMatchObject([{ detail: 'one⟨U+000A⟩⟨U+202E⟩' }]);
  const types = (await house.parts.log.read({ stream: 'proposal:p1', afterSeq: 0, limit: 100 })).map(
    ({ body }) => body.type,
  );
  expect(types.slice(-2)).toEqual(['started', 'executed']);
  expect(types).not.toContain('output');
});

test('[EXECUTE-03, EXECUTE-14] leftovers that can’t be read make the outcome poorer, and stop nothing', async () => {
  const { house, state, runDirectory } = await diedAt('started', left({ found: 0, alive: 0 }));
  await intend(house, state, runDirectory);
  await house.parts.blobs.destroy(state.bundleDigest);
  expect(await recoverUnfinished(house.parts)).toMatchObject([{ kind: 'ended' }]);
  expect((await executed(house)).outcome).toEqual({
    kind: 'indeterminate',
    resources: [],
    end: { kind: 'lost' },
    because: ['the runner died while it executed', expect.stringMatching(/^what it left could not be read: /)],
    evidence: [],
  });
});

test('[EXECUTE-02] a claim that a living process holds is left alone, and the hold is given back after a recovery', async () => {
  const { house, state } = await diedAt('claimed');
  const unfinished = { proposal: 'p1', claim: CLAIM, bundleDigest: state.bundleDigest };
  const hold = await house.parts.holds.take(CLAIM);
  expect(await recoverExecution(house.parts, unfinished)).toBeUndefined();
  expect((await house.parts.journal.standing('p1')).state.kind).toBe('executing');
  await hold?.release();
  expect(await recoverExecution(house.parts, unfinished)).toMatchObject({ kind: 'released' });
  const again = await house.parts.holds.take(CLAIM);
  expect(again).toBeDefined();
  await again?.release();
});
