/** People first: nothing of a bundle is unpacked or run before their signatures hold, and before its program is the sealed one. */

import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ExecutionParts, executeApproved } from '../../../src/loop/execute/index.ts';
import type { Driver } from '../../../src/tools/index.ts';
import { approveScript, SHELL } from './house/approve-script.ts';
import { authority, type House } from './house/open-house.ts';
import { EFFECT, effects, houseIn, makeRoot, openGate } from './house/world.ts';

/** A driver that notes every call that could run something of the bundle. */
function noting(driver: Driver, calls: string[]): Driver {
  const note = <Answer>(name: string, act: () => Answer): Answer => {
    calls.push(name);
    return act();
  };
  return {
    ...driver,
    probe: (manifest, blobs) => note('probe', () => driver.probe(manifest, blobs)),
    materialise: (bundle) => note('materialise', () => driver.materialise(bundle)),
    preview: (bundle) => note('preview', () => driver.preview(bundle)),
    command: (bundle) => note('command', () => driver.command(bundle)),
  };
}

async function houseThatNotes(
  change: (parts: ExecutionParts) => Partial<ExecutionParts> = () => ({}),
): Promise<{ readonly house: House; readonly calls: string[] }> {
  const calls: string[] = [];
  const house = await houseIn(makeRoot(), (parts) => ({
    drivers: { ...parts.drivers, argv: noting(parts.drivers.argv, calls) },
    ...change(parts),
  }));
  openGate(house);
  return { house, calls };
}

test('[EXECUTE-21, L1, L3, L4] with a forged signature no byte of the bundle is unpacked and nothing of it runs', async () => {
  const refusal = {
    kind: 'refused',
    code: 'SIGNATURE_INVALID',
    what: 'this approval',
    where: 'p1',
    why: 'forged',
    next: 'sign it',
  } as const;
  const { house, calls } = await houseThatNotes(() => ({
    authority: { ...authority, checkApproval: async () => refusal },
  }));
  const { proposal } = await approveScript(house, EFFECT);
  expect(await executeApproved(house.parts, proposal)).toMatchObject({ code: 'SIGNATURE_INVALID' });
  expect(calls).toEqual([]);
  expect(existsSync(house.parts.runsDirectory)).toBe(false);
  expect(effects(house)).toEqual([]);
});

test('[EXECUTE-21, L3] a program whose bytes are not the sealed ones is found by reading it, before anything runs', async () => {
  const { house, calls } = await houseThatNotes();
  const tool = join(house.root, 'tool');
  writeFileSync(tool, readFileSync(SHELL));
  chmodSync(tool, 0o755);
  const digest = house.parts.hash(readFileSync(tool));
  const { proposal } = await approveScript(house, EFFECT, {
    manifest: (manifest) => ({
      ...manifest,
      tool: { path: tool, digest, version: '' },
      facts: [...manifest.facts, { name: 'tool.digest', role: 'version', value: digest }],
    }),
  });
  writeFileSync(tool, '#!/bin/sh\necho evil');
  expect(await executeApproved(house.parts, proposal)).toMatchObject({
    kind: 'stale',
    differences: [{ name: 'tool.digest', sealed: digest }],
    spent: false,
  });
  expect(calls).toEqual([]);
});
