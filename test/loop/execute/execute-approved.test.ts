import { createPublicKey, verify } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Manifest } from '../../../src/kernel/index.ts';
import { executeApproved } from '../../../src/loop/execute/index.ts';
import { signedText } from '../../../src/record/index.ts';
import { approveScript } from './house/approve-script.ts';
import { EFFECT, effects, houseIn, makeRoot, openGate } from './house/world.ts';

test('[EXECUTE-01, L3, L5] an approved bundle runs once, step by step, and the record says so', async () => {
  const steps: string[] = [];
  const house = await houseIn(makeRoot(), () => ({ progress: { reached: (step) => void steps.push(step) } }));
  openGate(house);
  const { proposal, state } = await approveScript(house, EFFECT);
  expect(state.kind).toBe('approved');

  const answer = await executeApproved(house.parts, proposal);

  expect(answer.kind).toBe('executed');
  if (answer.kind !== 'executed') return;
  expect(answer.outcome).toMatchObject({
    kind: 'completed',
    end: { kind: 'exited', code: 0 },
    because: ['the script ended: exited'],
    resources: [{ address: 'command', status: 'done', detail: 'working⟨U+000A⟩finished⟨U+000A⟩⟨U+202E⟩' }],
  });
  expect(effects(house)).toEqual(['began']);
  expect(answer.state.kind).toBe('executed');
  const events = await house.parts.log.read({ stream: `proposal:${proposal}`, afterSeq: 0, limit: 100 });
  const types = events.map((event) => event.body.type).filter((type) => type !== 'output');
  expect(types.slice(5)).toEqual(['claimed', 'observed', 'started', 'executed']);
  expect([...new Set(steps)]).toEqual([
    'held',
    'claimed',
    'looked',
    'authorised',
    'opened',
    'previewed',
    'probed',
    'intended',
    'reprobed',
    'started',
    'launched',
    'output',
    'ended',
    'observed',
    'concluded',
    'finished',
  ]);
  const target = await house.parts.projections.target('shop');
  expect(target.state).toEqual({ busy: proposal, held: [] });

  const again = await executeApproved(house.parts, proposal);
  expect(again).toMatchObject({ kind: 'refused', code: 'NOT_LEGAL_NOW' });
  expect(effects(house)).toEqual(['began']);
});

test('[EXECUTE-01, L6, L10] start and end are signed by the runner’s own key, over this proposal', async () => {
  const house = await houseIn(makeRoot());
  openGate(house);
  const { proposal } = await approveScript(house, EFFECT);
  await executeApproved(house.parts, proposal);
  const events = await house.parts.log.read({ stream: `proposal:${proposal}`, afterSeq: 0, limit: 100 });
  const signed = events
    .map((event) => event.body)
    .filter((body) => body.type === 'started' || body.type === 'executed');
  expect(signed.map((body) => body.type)).toEqual(['started', 'executed']);
  const key = createPublicKey({ key: Buffer.from(house.parts.signer.key, 'base64'), format: 'der', type: 'spki' });
  for (const body of signed) {
    expect(body.signed.key).toBe(house.parts.signer.key);
    const signature = Buffer.from(body.signed.signature, 'base64');
    expect(verify(null, Buffer.from(signedText(proposal, body)), key, signature)).toBe(true);
    expect(verify(null, Buffer.from(signedText('other', body)), key, signature)).toBe(false);
  }
});

test('[EXECUTE-19, L3] the tool gets the sealed environment, a private copy and its input, and nothing of the runner’s', async () => {
  process.env['EVIL'] = 'inherited';
  const house = await houseIn(makeRoot());
  const script =
    'env | sort > "$WORLD/env"; pwd > "$WORLD/pwd"; cat > "$WORLD/input"; ps -o sid= -p $$ > "$WORLD/sid"; echo $$ > "$WORLD/pid"';
  const { proposal } = await approveScript(house, script, { variables: { COLOUR: 'blue' }, stdin: 'words\n' });
  await executeApproved(house.parts, proposal);
  const seen = (name: string): string => readFileSync(join(house.world, name), 'utf8').trim();
  const names = seen('env')
    .split('\n')
    .map((line) => line.split('=')[0]);
  expect(names.filter((name) => !['PWD', '_', 'OLDPWD', 'SHLVL'].includes(name ?? ''))).toEqual([
    'COLOUR',
    'COUNTERSIGN_RUN',
    'PATH',
    'WORLD',
  ]);
  expect(seen('input')).toBe('words');
  expect(seen('sid')).toBe(seen('pid'));
  const runs = readdirSync(house.parts.runsDirectory);
  expect(runs).toHaveLength(1);
  expect(runs[0]).toMatch(/^p1-[0-9a-f]{32}$/);
  const copy = join(house.parts.runsDirectory, runs[0] ?? '', 'copy');
  expect(seen('pwd')).toBe(copy);
  expect(statSync(copy).mode & 0o777).toBe(0o700);
  expect(existsSync(join(copy, 'script.sh'))).toBe(true);
});

test('[EXECUTE-19, L3] a program that was sealed with its directory runs from the private copy, by its sealed bytes', async () => {
  const house = await houseIn(makeRoot());
  const script = '#!/bin/sh\necho began >> "$WORLD/effects"\n';
  const sealedAs = (digest: string) => (manifest: Manifest) => ({
    ...manifest,
    tool: { path: '{run}/script.sh', digest, version: '' },
  });
  await approveScript(house, script, { manifest: sealedAs(house.parts.hash(script)) });
  expect(await executeApproved(house.parts, 'p1')).toMatchObject({ kind: 'executed', outcome: { kind: 'completed' } });
  expect(effects(house)).toEqual(['began']);

  const digest = house.parts.hash('other bytes');
  await approveScript(house, script, { proposal: 'p2', target: 'two', manifest: sealedAs(digest) });
  const paths = [{ path: '{run}/script.sh', change: 'changed' }];
  const differences = [{ name: 'tool.digest', sealed: digest, found: house.parts.hash(script), paths }];
  expect(await executeApproved(house.parts, 'p2')).toEqual({ kind: 'stale', differences, spent: false });
});
