import { expect, test } from 'vitest';
import type { Requirement } from '../../../src/kernel/index.ts';
import { executeApproved } from '../../../src/loop/execute/index.ts';
import { approveScript } from './house/approve-script.ts';
import { authority, type House, REQUIREMENT } from './house/open-house.ts';
import { EFFECT, effects, houseIn, makeRoot, openGate } from './house/world.ts';

const GRANTED: Requirement = { ...REQUIREMENT, approvals: 0, grant: 'echoes' };

/** A house whose policy lets a grant approve sandbox changes; it hears what the policy was told of uses. */
async function grantingHouse(
  told: Readonly<Record<string, number>>[],
  meanwhile?: (house: House) => Promise<unknown>,
): Promise<House> {
  const house: House = await houseIn(makeRoot(), () => ({
    authority: {
      ...authority,
      demand: async ({ manifest, grantsUsed }) => {
        told.push(grantsUsed);
        await meanwhile?.(house);
        return { kind: 'demand', environment: manifest.environment, requirement: GRANTED };
      },
    },
  }));
  openGate(house);
  return house;
}

async function approveUnderGrant(house: House, proposal: string): Promise<void> {
  await approveScript(house, EFFECT, {
    proposal,
    target: `target-of-${proposal}`,
    requirement: GRANTED,
    approvers: [],
    manifest: (manifest) => ({ ...manifest, environment: 'sandbox' }),
  });
}

test('[EXECUTE-23, L1] the policy is told what the ledger counted, and every execution under a grant is a use', async () => {
  const told: Readonly<Record<string, number>>[] = [];
  const house = await grantingHouse(told);
  for (const proposal of ['p1', 'p2']) {
    await approveUnderGrant(house, proposal);
    expect(await executeApproved(house.parts, proposal)).toMatchObject({ kind: 'executed' });
  }
  expect(told).toEqual([{}, { echoes: 1 }]);
  expect(await house.parts.ledger.grantsUsed()).toEqual({ echoes: 2 });
  expect(effects(house)).toHaveLength(2);
});

test('[EXECUTE-23] what people approved uses no grant', async () => {
  const house = await houseIn(makeRoot());
  openGate(house);
  await approveScript(house, EFFECT);
  expect(await executeApproved(house.parts, 'p1')).toMatchObject({ kind: 'executed' });
  expect(await house.parts.ledger.grantsUsed()).toEqual({});
});

test('[EXECUTE-23, EXECUTE-04, L1] a use that another execution took meanwhile is not there any more, and nothing runs', async () => {
  const house = await grantingHouse([], async ({ parts }) =>
    parts.ledger.intend({
      claim: 'other',
      proposal: 'p9',
      bundleDigest: 'f'.repeat(64),
      nonces: [],
      runDirectory: '/nowhere',
      atMs: 1,
      grant: { name: 'echoes', usedBefore: 0 },
    }),
  );
  await approveUnderGrant(house, 'p1');
  expect(await executeApproved(house.parts, 'p1')).toMatchObject({
    kind: 'refused',
    code: 'NONCE_USED',
    why: 'the grant echoes was used by other',
  });
  expect((await house.parts.journal.standing('p1')).state.kind).toBe('approved');
  expect(effects(house)).toEqual([]);
});
