import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { CheckObservation, Principal } from '../../../src/kernel/index.ts';
import { judge } from '../../../src/kernel/index.ts';
import { destroySecrets, executeApproved, sweepSecrets } from '../../../src/loop/execute/index.ts';
import { approveScript } from './house/approve-script.ts';
import { type House, VERIFIER } from './house/open-house.ts';
import { EFFECT, houseIn, makeRoot, openGate } from './house/world.ts';

const ZOE: Principal = { kind: 'person', name: 'zoe' };

async function executed(): Promise<{ readonly house: House; readonly secret: string }> {
  const house = await houseIn(makeRoot());
  openGate(house);
  const { state } = await approveScript(house, EFFECT, { secrets: { TOKEN: 'hunter22' } });
  await executeApproved(house.parts, 'p1');
  return { house, secret: 'secretBlobs' in state ? (state.secretBlobs[0] ?? '') : '' };
}

async function verifyAs(house: House, answer: 'green' | 'red'): Promise<void> {
  const { state } = await house.parts.journal.standing('p1');
  if (state.kind !== 'executed') throw new TypeError(state.kind);
  const observations: readonly CheckObservation[] = state.checks.map(({ id }) => ({
    id,
    answer,
    observed: null,
    observedDigest: house.parts.hash(answer),
    detail: answer,
    atMs: 1,
  }));
  const verdict = judge(state.checks, state.baseline, observations, state.outcome.kind);
  const verified = { observations, verdict, signed: { key: 'verifier-key', signature: 'x' } };
  const given = await house.parts.journal.ask('p1', { kind: 'verify', verified }, VERIFIER);
  expect(given.kind).toBe('decided');
}

test('[EXECUTE-16, L11] before the close nothing is destroyed: what is held may be the only copy of the truth', async () => {
  const { house, secret } = await executed();
  expect(await destroySecrets(house.parts, 'p1')).toBe(false);
  await verifyAs(house, 'red');
  expect((await house.parts.journal.standing('p1')).state.kind).toBe('held');
  expect(await destroySecrets(house.parts, 'p1')).toBe(false);
  expect(await sweepSecrets(house.parts)).toBe(0);
  expect(await house.parts.blobs.has(secret)).toBe(true);
  expect(readdirSync(house.parts.runsDirectory)).toHaveLength(1);
});

test('[EXECUTE-16, L11] at the close sealed blobs and run directory are gone, once, and the record says so', async () => {
  const { house, secret } = await executed();
  await verifyAs(house, 'green');
  expect((await house.parts.journal.standing('p1')).state.kind).toBe('closed');
  expect(await house.parts.blobs.has(secret)).toBe(true);
  expect(await destroySecrets(house.parts, 'p1')).toBe(true);
  expect(await house.parts.blobs.has(secret)).toBe(false);
  expect(readdirSync(house.parts.runsDirectory)).toEqual([]);
  const events = await house.parts.log.read({ stream: 'proposal:p1', afterSeq: 0, limit: 100 });
  expect(events.at(-1)?.body).toEqual({ type: 'secrets-destroyed', digests: [secret] });
  expect(await destroySecrets(house.parts, 'p1')).toBe(false);
  const again = await house.parts.log.read({ stream: 'proposal:p1', afterSeq: 0, limit: 100 });
  expect(again).toHaveLength(events.length);
});

test('[EXECUTE-16, L11] a sweep finds what was withdrawn without ever being executed, and leaves other runners’ alone', async () => {
  const house = await houseIn(makeRoot());
  await approveScript(house, EFFECT, { secrets: { TOKEN: 'hunter22' } });
  await approveScript(house, EFFECT, { proposal: 'p2', secrets: { TOKEN: 'hunter33' } });
  await house.parts.journal.ask('p1', { kind: 'withdraw', why: 'no' }, ZOE);
  const other = await houseIn(house.root, (parts) => ({ signer: { ...parts.signer, name: 'runner-two' } }));
  expect(await sweepSecrets(other.parts)).toBe(0);
  const { state } = await house.parts.journal.standing('p1');
  expect(state.kind).toBe('withdrawn');
  expect(await sweepSecrets(house.parts)).toBe('secretBlobs' in state ? 1 : 0);
  expect(await sweepSecrets(house.parts)).toBe(0);
  expect(existsSync(house.parts.runsDirectory)).toBe(false);
});
