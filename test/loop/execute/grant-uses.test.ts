import { expect, test } from 'vitest';
import type { Manifest, Requirement } from '../../../src/kernel/index.ts';
import { type ExecutionParts, executeApproved } from '../../../src/loop/execute/index.ts';
import { approveScript, SHELL } from './house/approve-script.ts';
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

/** What executing a change answers, whose program is looked at by a port of the test's own. */
async function placed(
  program: Partial<Manifest['tool']>,
  exposure: ExecutionParts['programs']['exposure'],
  options: Parameters<typeof approveScript>[2] = { requirement: GRANTED, approvers: [] },
): Promise<{ readonly answer: unknown; readonly house: House }> {
  const house: House = await houseIn(makeRoot(), () => ({
    authority: {
      ...authority,
      demand: async ({ manifest }) => ({
        kind: 'demand',
        environment: manifest.environment,
        requirement: options.requirement ?? REQUIREMENT,
      }),
    },
    programs: { exposure },
  }));
  openGate(house);
  const manifest = (sealed: Manifest): Manifest => ({
    ...sealed,
    environment: 'sandbox',
    tool: { ...sealed.tool, ...program },
  });
  await approveScript(house, EFFECT, { ...options, manifest });
  return { answer: await executeApproved(house.parts, 'p1'), house };
}

test('[EXECUTE-24, L1, L13] under a grant a program that others could put there is refused, before anything is spent', async () => {
  const asked: string[] = [];
  const { answer, house } = await placed({}, async (path) => {
    asked.push(path);
    return { path: '/opt/open', why: 'belongs to the user 7' };
  });
  expect(asked).toEqual([SHELL]);
  expect(answer).toEqual({
    kind: 'refused',
    code: 'POLICY',
    what: `the program ${SHELL}`,
    where: '/opt/open',
    why: "it rests on the standing grant echoes and on no person's look, and /opt/open belongs to the user 7",
    next: 'install the program where only root or deploy can write, or take the grant away and have a person approve',
  });
  expect((await house.parts.journal.standing('p1')).state.kind).toBe('approved');
  expect(await house.parts.ledger.grantsUsed()).toEqual({});
  expect(effects(house)).toEqual([]);
});

test('[EXECUTE-24, L1] under a grant a program inside the change itself is refused, wherever that lies', async () => {
  const places: string[] = [];
  const never = async (): Promise<undefined> => undefined;
  const copied = await placed({ path: '{run}/tool' }, never);
  expect(copied.answer).toMatchObject({ kind: 'refused', code: 'POLICY', where: '{run}/tool' });
  const root = makeRoot();
  const house: House = await houseIn(root, () => ({
    authority: {
      ...authority,
      demand: async ({ manifest }) => ({ kind: 'demand', environment: manifest.environment, requirement: GRANTED }),
    },
    programs: {
      exposure: async (path) => {
        places.push(path);
        return undefined;
      },
    },
  }));
  openGate(house);
  const inside = (directory: string) => (sealed: Manifest) =>
    ({ ...sealed, environment: 'sandbox', directory, tool: { ...sealed.tool, path: `${house.world}/tool` } }) as const;
  for (const [proposal, directory] of [
    ['p1', house.world],
    ['p2', '/'],
  ] as const) {
    const target = `target-of-${proposal}`;
    const manifest = inside(directory);
    await approveScript(house, EFFECT, { proposal, target, requirement: GRANTED, approvers: [], manifest });
    const answer = await executeApproved(house.parts, proposal);
    expect(answer).toMatchObject({ kind: 'refused', code: 'POLICY', where: `${house.world}/tool` });
    expect('why' in answer && answer.why).toContain('lies in the working directory of the change');
  }
  const beside = { proposal: 'p3', target: 'third', requirement: GRANTED, approvers: [] };
  await approveScript(house, EFFECT, { ...beside, manifest: inside(house.world.slice(0, -1)) });
  expect(await executeApproved(house.parts, 'p3')).toMatchObject({ kind: 'stale' });
  expect(places).toEqual([`${house.world}/tool`]);
});

test('[EXECUTE-24] a program in the open is for people to judge where they approved it, and is not asked about', async () => {
  const { answer } = await placed(
    {},
    async () => {
      throw new TypeError('asked');
    },
    {},
  );
  expect(answer).toMatchObject({ kind: 'executed' });
});
