/** `kill -9` of the runner at every step of an execution with one driver: never twice, never better than the truth. */

import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { ExecutionStep } from '../../../src/loop/execute/index.ts';
import { type LoopDriver, realLoop, startProgram } from '../../support/real-loop.ts';

const DOOMED: string = fileURLToPath(new URL('./execute-and-die.ts', import.meta.url));

/** From the intent on it never begins again, and nobody knows how it ended. */
const BEGUN: readonly ExecutionStep[] = ['intended', 'started', 'launched', 'ended'];

/**
 * Steps at which a runner can die on the whole composition: before anything is spent, after, and once the ledger has the end. The
 * execution's own tests kill it at every single step.
 */
export const STEPS: readonly ExecutionStep[] = ['claimed', 'probed', ...BEGUN, 'concluded'];

/** Kills a runner at one step, starts the next, and holds what it says against the world. */
export async function killRunnerAt(driver: LoopDriver, step: ExecutionStep): Promise<void> {
  const loop = await realLoop();
  const id = await loop.propose(driver);
  await loop.approve(id);
  const acknowledged = (await loop.show(id)).events;

  const died = await startProgram(loop.environment, loop.root, [DOOMED, id, step]);
  expect(died).toMatchObject({ code: null, stderr: '' });
  await loop.run('execute', id);

  const after = await loop.show(id);
  expect(after.events.slice(0, acknowledged.length)).toEqual(acknowledged);
  expect([after.state, after.outcome]).toEqual(['executed', BEGUN.includes(step) ? 'indeterminate' : 'completed']);
  const effects = loop.effects(driver);
  expect(effects).toBeLessThanOrEqual(1);
  if (!BEGUN.includes(step)) expect(effects).toBe(1);

  expect((await loop.run('execute', id)).code).toBe(1);
  expect(loop.effects(driver)).toBe(effects);
  expect((await loop.run('record', 'verify')).code).toBe(0);

  await loop.run('verify', id);
  const judged = await loop.show(id);
  // Where the change is not in the world nothing is confirmed; where nobody saw it end, the world alone may confirm it.
  if (effects === 0) expect([judged.state, judged.verdict]).toEqual(['held', 'refuted']);
  // A tool that was asked to stop in the middle may have made the counted effect and nothing after it: held is the truth then.
  else if (step === 'launched')
    expect(['closed confirmed', 'held refuted']).toContain(`${judged.state} ${judged.verdict}`);
  else expect([judged.state, judged.verdict]).toEqual(['closed', 'confirmed']);
}
