import { expect, test } from 'vitest';
import { Failure, type Refusal } from '../../../src/kernel/index.ts';
import { executeApproved } from '../../../src/loop/execute/index.ts';
import { approveScript } from './house/approve-script.ts';
import type { House } from './house/open-house.ts';
import { EFFECT, effects, houseIn, makeRoot, openGate } from './house/world.ts';

const REFUSAL: Refusal = {
  kind: 'refused',
  code: 'POLICY',
  what: 'the record',
  where: 'entry 9',
  why: 'it was rolled back',
  next: 'ask a person',
};

/** A house whose record is looked at by a check of the test's own; it hears how often it was looked at before. */
async function checkedHouse(check: (times: number, house: House) => Promise<Refusal | undefined>): Promise<House> {
  let times = 0;
  const house: House = await houseIn(makeRoot(), () => ({
    checkRecord: () => {
      times += 1;
      return check(times, house);
    },
  }));
  openGate(house);
  await approveScript(house, EFFECT);
  return house;
}

test('[EXECUTE-22, L4, L10] the record is looked at before the claim, with the claim in it, and at the end', async () => {
  const seen: string[] = [];
  const house = await checkedHouse(async (_times, { parts }) => {
    seen.push((await parts.journal.standing('p1')).state.kind);
    return undefined;
  });
  expect(await executeApproved(house.parts, 'p1')).toMatchObject({ kind: 'executed', outcome: { kind: 'completed' } });
  expect(seen).toEqual(['approved', 'executing', 'executed']);
  expect(effects(house)).toHaveLength(1);
});

test('[EXECUTE-22, L4] what came into the record with the claim stops the runner, and the claim is given back', async () => {
  const house = await checkedHouse(async (times) => {
    if (times === 2) throw new Failure('RECORD_BROKEN', 'entry 9 is a lie', { hint: 'look', where: 'entry 9' });
    return undefined;
  });
  await expect(executeApproved(house.parts, 'p1')).rejects.toMatchObject({ code: 'RECORD_BROKEN' });
  expect((await house.parts.journal.standing('p1')).state.kind).toBe('approved');
  expect(await house.parts.ledger.unfinished()).toEqual([]);
  expect(effects(house)).toEqual([]);
});

test('[EXECUTE-22, L4] a refusal of the record after the claim is the answer, and the claim is given back', async () => {
  const house = await checkedHouse(async (times) => (times === 2 ? REFUSAL : undefined));
  expect(await executeApproved(house.parts, 'p1')).toEqual(REFUSAL);
  expect((await house.parts.journal.standing('p1')).state.kind).toBe('approved');
  expect(effects(house)).toEqual([]);
});

test('[EXECUTE-22, EXECUTE-20, L5] a claim that somebody gave up before anything began is not gone on with', async () => {
  const house = await checkedHouse(async (times, { parts }) => {
    const actor = { kind: 'runner', name: parts.signer.name, key: 'another machine' } as const;
    if (times === 2) await parts.journal.ask('p1', { kind: 'release', why: 'thought dead' }, actor);
    return undefined;
  });
  const answer = await executeApproved(house.parts, 'p1');
  expect(answer).toMatchObject({ kind: 'refused', code: 'NOT_LEGAL_NOW', where: 'p1', next: 'countersign show p1' });
  expect('why' in answer && answer.why).toMatch(
    /^the claim [0-9a-f]{32} was given up before anything began, and the proposal is approved$/,
  );
  expect(effects(house)).toEqual([]);
});
