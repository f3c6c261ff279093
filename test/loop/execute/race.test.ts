import { expect, test } from 'vitest';
import { approveScript } from './house/approve-script.ts';
import { EFFECT, effects, houseIn, makeRoot, openGate, startRunner } from './house/world.ts';

test('[EXECUTE-04, L5] of four executors that race, exactly one runs it', async () => {
  const root = makeRoot();
  const house = await houseIn(root);
  const { proposal } = await approveScript(house, EFFECT);
  openGate(house);
  const runners = Array.from({ length: 4 }, () => startRunner(root, proposal));
  const said = await Promise.all(runners.map(async (runner) => (await runner.ended).said));
  expect(effects(house)).toEqual(['began']);
  expect(said.filter((line) => line === 'executed completed')).toHaveLength(1);
  const others = said.filter((line) => line !== 'executed completed');
  expect(others.every((line) => line === 'refused NOT_LEGAL_NOW' || line === 'refused NONCE_USED')).toBe(true);
});

test('[EXECUTE-04] two proposals for one target do not run side by side', async () => {
  const root = makeRoot();
  const house = await houseIn(root);
  await approveScript(house, EFFECT, { proposal: 'p1' });
  await approveScript(house, EFFECT, { proposal: 'p2' });
  const runners = [startRunner(root, 'p1'), startRunner(root, 'p2')];
  const first = await Promise.race(runners.map((runner) => runner.ended));
  expect(first.said).toBe('refused TARGET_BUSY');
  openGate(house);
  const said = await Promise.all(runners.map(async (runner) => (await runner.ended).said));
  expect(said.sort()).toEqual(['executed completed', 'refused TARGET_BUSY']);
  expect(effects(house)).toEqual(['began']);
});
