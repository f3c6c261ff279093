/** What a look for drift keeps in the clear while it looks, and what is left of it. */

import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeFiles } from '../../../../src/adapters/index.ts';
import { sweepDriftScratch, withDriftScratch } from '../../../../src/loop/propose/drift/drift-scratch.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

test('[DRIFT-05, L11] what a dead look left is removed; what a living one works in, or has just made, stays', async () => {
  const scratchDirectory = temporaryDirectory();
  const planner = { mark: 'me', isAlive: async (mark: string) => mark === 'me' };
  const parts = { files: nodeFiles(), planner, scratchDirectory };
  for (const name of ['drift-p1-dead', 'drift-p1-unmarked', 'drift-p1-new', 'plan-p1-x']) {
    mkdirSync(join(scratchDirectory, name));
    if (!name.endsWith('new')) writeFileSync(join(scratchDirectory, name, 'state'), 'hunter2');
  }
  writeFileSync(join(scratchDirectory, 'drift-p1-dead', 'planner'), 'gone');
  const during = await withDriftScratch(parts, 'p2', async (scratch) => {
    writeFileSync(join(scratch, 'state'), 'hunter2');
    await sweepDriftScratch(parts);
    return [existsSync(join(scratch, 'state')), readdirSync(scratchDirectory).length];
  });
  expect(during).toEqual([true, 3]);
  expect(readdirSync(scratchDirectory).sort()).toEqual(['drift-p1-new', 'plan-p1-x']);
  await sweepDriftScratch({ ...parts, scratchDirectory: join(scratchDirectory, 'none') });
});

test('[DRIFT-05, L11] a look that fails leaves nothing', async () => {
  const scratchDirectory = temporaryDirectory();
  const planner = { mark: 'me', isAlive: async () => true };
  const failing = withDriftScratch({ files: nodeFiles(), planner, scratchDirectory }, 'p2', async () => {
    throw new TypeError('broken');
  });
  await expect(failing).rejects.toThrow('broken');
  expect(readdirSync(scratchDirectory)).toEqual([]);
});
