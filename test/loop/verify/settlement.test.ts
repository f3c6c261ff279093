import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OutcomeKind, VerdictKind } from '../../../src/kernel/index.ts';
import { lookAt, verifyExecution } from '../../../src/loop/verify/index.ts';
import { type ToldWorkers, told, toldWorkers } from '../../support/told-workers.ts';
import { approve, check, claim, finish, openWorld, propose, start, type World } from '../../support/verify-world.ts';

const FILE = { path: '/srv/shop', expect: { exists: true } };

let workers: ToldWorkers;
let world: World;
beforeEach(async () => {
  workers = toldWorkers();
  world = await openWorld({ workers });
});
afterEach(() => world.close());

/** Takes one proposal from its draft to its verdict. */
async function verified(outcome: OutcomeKind, after: VerdictKind, isAsBefore: boolean): Promise<string> {
  const id = `p-${outcome}-${after}-${isAsBefore}`;
  await propose(world, id, [check('is-there', 'file', FILE)]);
  await approve(world, id);
  await claim(world, id);
  workers.tell('is-there', told('red', 'the old world'));
  expect((await lookAt(world.parts, id)).kind).toBe('looked');
  await start(world, id);
  await finish(world, id, outcome);
  if (after === 'confirmed') workers.tell('is-there', told('green'));
  if (after === 'refuted') workers.tell('is-there', told('red', isAsBefore ? 'the old world' : 'a third world'));
  if (after === 'inconclusive') workers.tell('is-there', told('unknown', isAsBefore ? 'the old world' : 'fog'));
  const answer = await verifyExecution(world.parts, id);
  expect(answer).toMatchObject({ kind: 'verified', verdict: { kind: after } });
  return id;
}

const CLOSED = { confirmed: 'closed', refuted: 'held', inconclusive: 'held' } as const;
const MARKS = {
  completed: 'as-approved',
  'no-effect': 'arrived-by-other-means',
  partial: 'after-uncertain-execution',
  indeterminate: 'after-uncertain-execution',
} as const;

const CELLS = (['completed', 'no-effect', 'partial', 'indeterminate'] as const).flatMap((outcome) =>
  (['confirmed', 'refuted', 'inconclusive'] as const).flatMap((verdict) =>
    [true, false].map((isAsBefore) => ({ outcome, verdict, isAsBefore })),
  ),
);

test.each(CELLS)(
  '[VERIFY-06, L7] $outcome and $verdict (world as before: $isAsBefore) settle as the table says',
  async ({ outcome, verdict, isAsBefore }) => {
    const id = await verified(outcome, verdict, isAsBefore);
    const state = await world.state(id);
    const closesAsBefore = outcome === 'no-effect' && verdict === 'refuted' && isAsBefore;
    expect(state.kind).toBe(closesAsBefore ? 'closed' : CLOSED[verdict]);
    if (state.kind === 'closed') expect(state.mark).toBe(closesAsBefore ? 'no-effect' : MARKS[outcome]);
    if (state.kind === 'held') expect(state.why).toBe(`the outcome is ${outcome} and the verdict is ${verdict}`);
    const { target } = await world.journal.standing(id);
    expect(target.held).toEqual(state.kind === 'held' ? [id] : []);
    expect(target.busy).toBeUndefined();
  },
);

test('[VERIFY-07, L7] verifying again appends a verdict and leaves the refutation where it was', async () => {
  const id = await verified('completed', 'refuted', false);
  workers.tell('is-there', told('green'));
  expect(await verifyExecution(world.parts, id)).toMatchObject({ kind: 'verified', verdict: { kind: 'confirmed' } });
  const state = await world.state(id);
  expect(state.kind).toBe('held');
  if (state.kind !== 'held') return;
  expect(state.verdicts.map(({ verdict }) => verdict.kind)).toEqual(['refuted', 'confirmed']);
});
