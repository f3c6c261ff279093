import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Failure, type StateOf } from '../../../src/kernel/index.ts';
import { type ExecutionParts, executeApproved, recoverUnfinished } from '../../../src/loop/execute/index.ts';
import type { Journal } from '../../../src/record/index.ts';
import { approveScript } from './house/approve-script.ts';
import type { House } from './house/open-house.ts';
import { EFFECT, effects, houseIn, makeRoot, openGate, startRunner } from './house/world.ts';

/** A journal whose store refuses some commands, before or after they were recorded. */
function failingJournal(journal: Journal, kinds: readonly string[], when: 'before' | 'after'): Journal {
  return {
    standing: (proposal) => journal.standing(proposal),
    ask: async (proposal, command, actor) => {
      const isHit = kinds.includes(command.kind);
      if (isHit && when === 'before') throw new Failure('STORE_WRITE_FAILED', 'disk full', { hint: 'free space' });
      const answer = await journal.ask(proposal, command, actor);
      if (isHit) throw new Failure('STORE_BUSY', 'no answer', { hint: 'try again' });
      return answer;
    },
  };
}

async function executedState(house: House): Promise<StateOf<'executed'>> {
  const { state } = await house.parts.journal.standing('p1');
  if (state.kind !== 'executed') throw new TypeError(`it is ${state.kind}`);
  return state;
}

async function begin(
  change: (parts: ExecutionParts) => Partial<ExecutionParts>,
): Promise<{ house: House; broken: House }> {
  const house = await houseIn(makeRoot());
  openGate(house);
  await approveScript(house, EFFECT);
  const broken = await houseIn(house.root, change);
  return { house, broken };
}

const FULL = (): never => {
  throw new Failure('LEDGER_WRITE_FAILED', 'disk full', { hint: 'free space' });
};

test('[EXECUTE-09, L4] a ledger that takes no intent stops it: nothing ran, nothing is spent, and it runs later', async () => {
  const { house, broken } = await begin((parts) => ({ ledger: { ...parts.ledger, intend: FULL } }));
  await expect(executeApproved(broken.parts, 'p1')).rejects.toMatchObject({ code: 'LEDGER_WRITE_FAILED' });
  expect((await house.parts.journal.standing('p1')).state.kind).toBe('approved');
  expect(effects(house)).toEqual([]);
  expect(readdirSync(house.parts.runsDirectory)).toEqual([]);
  expect((await executeApproved(house.parts, 'p1')).kind).toBe('executed');
  expect(effects(house)).toEqual(['began']);
});

test('[EXECUTE-03, EXECUTE-09, L6] a ledger that takes no end: the record has the outcome, and the ledger learns it later', async () => {
  const { house, broken } = await begin((parts) => ({ ledger: { ...parts.ledger, conclude: FULL } }));
  await expect(executeApproved(broken.parts, 'p1')).rejects.toMatchObject({ code: 'LEDGER_WRITE_FAILED' });
  expect((await executedState(house)).outcome.kind).toBe('completed');
  expect(await house.parts.ledger.unfinished()).toHaveLength(1);
  expect(await recoverUnfinished(house.parts)).toEqual([]);
  expect(await house.parts.ledger.unfinished()).toEqual([]);
  const entry = await house.parts.ledger.find((await executedState(house)).bundleDigest);
  expect(entry?.end).toMatchObject({ kind: 'executed', outcome: { kind: 'completed' } });
});

test('[EXECUTE-06, L5] a start that can’t be recorded is spent: nothing ran, and nothing ever will', async () => {
  const { house, broken } = await begin((parts) => ({ journal: failingJournal(parts.journal, ['start'], 'before') }));
  await expect(executeApproved(broken.parts, 'p1')).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
  expect((await house.parts.journal.standing('p1')).state.kind).toBe('stale');
  expect(effects(house)).toEqual([]);
});

test('[EXECUTE-03, L5] a start whose answer was lost is recorded as begun, and ends as not started', async () => {
  const { house, broken } = await begin((parts) => ({ journal: failingJournal(parts.journal, ['start'], 'after') }));
  await expect(executeApproved(broken.parts, 'p1')).rejects.toMatchObject({ code: 'STORE_BUSY' });
  const why = 'stopped before the tool was launched: runner';
  expect((await executedState(house)).outcome).toEqual({
    kind: 'no-effect',
    resources: [],
    end: { kind: 'not-started', why },
    because: [why],
    evidence: [],
  });
  expect(effects(house)).toEqual([]);
});

test('[EXECUTE-02, EXECUTE-03] a record that takes nothing any more learns the end at the next start', async () => {
  const { house, broken } = await begin((parts) => ({
    journal: failingJournal(parts.journal, ['start', 'find-stale'], 'before'),
  }));
  await expect(executeApproved(broken.parts, 'p1')).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
  expect((await house.parts.journal.standing('p1')).state.kind).toBe('executing');
  expect(await recoverUnfinished(broken.parts)).toMatchObject([
    { kind: 'unresolved', why: 'STORE_WRITE_FAILED: disk full' },
  ]);
  expect(await recoverUnfinished(house.parts)).toMatchObject([
    { kind: 'ended', why: 'facts differed before the start: runner' },
  ]);
  expect((await house.parts.journal.standing('p1')).state.kind).toBe('stale');

  const finish = await begin((parts) => ({ journal: failingJournal(parts.journal, ['finish'], 'before') }));
  await expect(executeApproved(finish.broken.parts, 'p1')).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
  expect(await recoverUnfinished(finish.house.parts)).toMatchObject([{ kind: 'ended' }]);
  expect((await executedState(finish.house)).outcome.kind).toBe('completed');
  expect(effects(finish.house)).toEqual(['began']);
});

/** Puts the record back to how it was when `snapshot` was taken. */
function restore(house: House, snapshot: string): void {
  rmSync(join(house.root, 'record'), { recursive: true });
  cpSync(snapshot, join(house.root, 'record'), { recursive: true });
}

async function snapshotOf(root: string): Promise<string> {
  const snapshot = join(root, 'snapshot');
  mkdirSync(snapshot);
  cpSync(join(root, 'record'), snapshot, { recursive: true });
  return snapshot;
}

async function approvedRoot(): Promise<string> {
  const root = makeRoot();
  const house = await houseIn(root);
  openGate(house);
  await approveScript(house, EFFECT);
  await house.close();
  return root;
}

test('[EXECUTE-10, L5, L10] a record restored to before the execution does not bring the approval back', async () => {
  const root = await approvedRoot();
  const snapshot = await snapshotOf(root);
  expect((await startRunner(root, 'p1').ended).said).toBe('executed completed');
  const old = { root } as House;
  restore(old, snapshot);
  const house = await houseIn(root);
  expect((await house.parts.journal.standing('p1')).state.kind).toBe('approved');
  const answer = await executeApproved(house.parts, 'p1');
  expect(answer).toMatchObject({ kind: 'refused', code: 'NONCE_USED', where: 'p1' });
  expect('why' in answer && answer.why).toMatch(
    /^this runner began it at 2.*and the record is older than the runner's ledger$/,
  );
  expect(effects(house)).toEqual(['began']);
  expect((await house.parts.journal.standing('p1')).state.kind).toBe('approved');
});

test('[EXECUTE-10, EXECUTE-02, L5] a crash and a restored record together: known as older, and never run again', async () => {
  const root = await approvedRoot();
  const snapshot = await snapshotOf(root);
  await startRunner(root, 'p1', 'ended').ended;
  restore({ root } as House, snapshot);
  const house = await houseIn(root);
  expect(await recoverUnfinished(house.parts)).toMatchObject([
    { kind: 'record-older', proposal: 'p1', why: expect.stringContaining('the record has no start of it') },
  ]);
  expect(await executeApproved(house.parts, 'p1')).toMatchObject({ kind: 'refused', code: 'NONCE_USED' });
  expect(effects(house)).toEqual(['began']);
});

test('[EXECUTE-10, EXECUTE-03, EXECUTE-11] a record restored to the claim learns of start and end, once the verifier has looked', async () => {
  const root = await approvedRoot();
  await startRunner(root, 'p1', 'claimed').ended;
  const snapshot = await snapshotOf(root);
  const other = await houseIn(root);
  const { state } = await other.parts.journal.standing('p1');
  if (state.kind !== 'executing') throw new TypeError(state.kind);
  const intent = {
    proposal: 'p1',
    claim: state.claim.claim,
    bundleDigest: state.bundleDigest,
    nonces: state.approvals.map((approval) => approval.document.nonce),
    runDirectory: join(root, 'none'),
    atMs: 1,
  };
  expect(await other.parts.ledger.intend(intent)).toEqual({ kind: 'intended' });
  await other.close();
  restore({ root } as House, snapshot);

  const sleeping = { look: async () => ({ kind: 'unavailable', why: 'it sleeps', next: '' }) as const };
  const blind = await houseIn(root, () => ({ baseline: sleeping }));
  expect(await recoverUnfinished(blind.parts)).toMatchObject([
    { kind: 'unresolved', why: expect.stringContaining('it sleeps') },
  ]);
  const house = await houseIn(root);
  expect(await recoverUnfinished(house.parts)).toMatchObject([
    { kind: 'ended', why: expect.stringContaining('indet') },
  ]);
  expect((await executedState(house)).outcome.kind).toBe('indeterminate');
  expect(effects(house)).toEqual([]);
});

test('[EXECUTE-10, L5] a lost ledger: what the record says began is indeterminate, and a nonce can’t be used for another bundle', async () => {
  const root = await approvedRoot();
  await startRunner(root, 'p1', 'ended').ended;
  for (const name of ['ledger.sqlite', 'ledger.sqlite-wal', 'ledger.sqlite-shm'])
    rmSync(join(root, 'runner', name), { force: true });
  const house = await houseIn(root);
  expect(await recoverUnfinished(house.parts)).toMatchObject([
    { kind: 'ended', why: "the record says that it began, and the runner's ledger has lost it" },
  ]);
  expect((await executedState(house)).outcome).toMatchObject({ kind: 'indeterminate', end: { kind: 'lost' } });

  const next = await houseIn(makeRoot());
  openGate(next);
  const { state } = await approveScript(next, EFFECT);
  const nonce = state.kind === 'approved' ? (state.approvals[0]?.document.nonce ?? '') : '';
  const intent = {
    proposal: 'px',
    claim: 'c',
    bundleDigest: 'b'.repeat(64),
    nonces: [nonce],
    runDirectory: '/none',
    atMs: 1,
  };
  await next.parts.ledger.intend(intent);
  const answer = await executeApproved(next.parts, 'p1');
  expect(answer).toMatchObject({ kind: 'refused', code: 'NONCE_USED', why: `the nonce ${nonce} was used by c` });
  expect((await next.parts.journal.standing('p1')).state.kind).toBe('approved');
  expect(effects(next)).toEqual([]);
});

test('[EXECUTE-10, L5] a record that vanishes while the tool runs is told as rolled back, and the ledger keeps the outcome', async () => {
  const { house, broken } = await begin((parts) => {
    let isGone = false;
    return {
      progress: {
        reached: (step) => {
          if (step === 'observed') isGone = true;
        },
      },
      journal: {
        ...parts.journal,
        standing: async (proposal) => {
          const standing = await parts.journal.standing(proposal);
          return isGone ? { ...standing, state: { kind: 'absent' } } : standing;
        },
      },
    };
  });
  await expect(executeApproved(broken.parts, 'p1')).rejects.toMatchObject({ code: 'RECORD_ROLLED_BACK' });
  const entry = (await house.parts.ledger.unfinished())[0];
  expect(entry).toBeUndefined();
  expect(await recoverUnfinished(house.parts)).toMatchObject([
    { kind: 'ended', why: expect.stringContaining('completed') },
  ]);
});
