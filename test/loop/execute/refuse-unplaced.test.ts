import { expect, test } from 'vitest';
import { type CheckObservation, type DriverName, judge, placeFact } from '../../../src/kernel/index.ts';
import { executeApproved } from '../../../src/loop/execute/index.ts';
import { approveScript } from './house/approve-script.ts';
import { type House, VERIFIER } from './house/open-house.ts';
import { EFFECT, effects, houseIn, makeRoot, openGate } from './house/world.ts';

type Change = {
  readonly proposal: string;
  readonly target: string;
  readonly driver: DriverName;
  /** The value of the fact that names the place; no such fact when left out, as before places were recorded. */
  readonly place?: string | null;
};

async function approve(house: House, { proposal, target, driver, place }: Change): Promise<void> {
  await approveScript(house, EFFECT, {
    proposal,
    target,
    driver,
    manifest: (manifest) => ({
      ...manifest,
      driver,
      facts: place === undefined ? manifest.facts : [...manifest.facts, placeFact(place)],
    }),
  });
}

/** A house in which `old` ran under the name `before` and waits for its verdict. */
async function houseAfter(over: Partial<Change> = {}): Promise<House> {
  const house = await houseIn(makeRoot());
  openGate(house);
  await approve(house, { proposal: 'old', target: 'before', driver: 'argv', ...over });
  expect(await executeApproved(house.parts, 'old')).toMatchObject({ kind: 'executed' });
  return house;
}

async function hold(house: House): Promise<void> {
  const { state } = await house.parts.journal.standing('old');
  if (state.kind !== 'executed') throw new TypeError(state.kind);
  const observations = state.checks.map(
    ({ id }): CheckObservation => ({
      id,
      answer: 'red',
      observed: null,
      observedDigest: house.parts.hash('red'),
      detail: 'red',
      atMs: 1,
    }),
  );
  const verdict = judge(state.checks, state.baseline, observations, state.outcome.kind);
  const verified = { observations, verdict, signed: { key: 'verifier-key', signature: 'x' } };
  await house.parts.journal.ask('old', { kind: 'verify', verified }, VERIFIER);
  expect((await house.parts.journal.standing('old')).state.kind).toBe('held');
}

test('[KERNEL-28, L4, L11] an older change without a place stops every other name of its driver, and is named', async () => {
  const house = await houseAfter({ driver: 'terraform' });
  await approve(house, { proposal: 'new', target: 'after', driver: 'terraform' });
  expect(await executeApproved(house.parts, 'new')).toEqual({
    kind: 'refused',
    code: 'TARGET_BUSY',
    what: 'the target after',
    where: 'old',
    why: 'old is executing or waits for its verdict under the target name before, and was sealed before places were recorded: it may be the same place',
    next: 'countersign show old',
  });
  expect((await house.parts.journal.standing('new')).state.kind).toBe('approved');
  expect(effects(house)).toEqual(['began']);
});

test('[KERNEL-28, L11] an older hold without a place stops it as well, until a person has looked', async () => {
  const house = await houseAfter({ driver: 'sqlite' });
  await hold(house);
  await approve(house, { proposal: 'new', target: 'after', driver: 'sqlite' });
  expect(await executeApproved(house.parts, 'new')).toEqual({
    kind: 'refused',
    code: 'TARGET_HELD',
    what: 'the target after',
    where: 'old',
    why: 'old left its target in doubt under the target name before, and was sealed before places were recorded: it may be the same place',
    next: 'look at the world, then countersign reconcile old --note "what you found"',
  });
  expect(effects(house)).toEqual(['began']);
});

test.each<[string, Partial<Change>, DriverName]>([
  ['of another driver', { driver: 'sqlite' }, 'terraform'],
  ['that is a command', { driver: 'argv' }, 'argv'],
  ['whose place was recorded', { driver: 'sqlite', place: '/srv/shop.db' }, 'sqlite'],
  ['whose bundle says that its place can not be told', { driver: 'sqlite', place: null }, 'sqlite'],
])('[KERNEL-28] a change %s stops no other name', async (_, over, driver) => {
  const house = await houseAfter(over);
  // The world's own facts tell no place: what comes after the lock is not asked here.
  await approve(house, { proposal: 'new', target: 'after', driver });
  expect(await executeApproved(house.parts, 'new')).toMatchObject({ kind: 'executed' });
});

test('[KERNEL-28] the name’s own lock speaks first of a change under the same name', async () => {
  const house = await houseAfter({ driver: 'terraform' });
  await approve(house, { proposal: 'new', target: 'before', driver: 'terraform' });
  expect(await executeApproved(house.parts, 'new')).toMatchObject({ code: 'TARGET_BUSY', what: 'the target before' });
});
