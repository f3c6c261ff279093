import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { CheckObservation, Principal, ProposalState } from '../../../src/kernel/index.ts';
import { judge } from '../../../src/kernel/index.ts';
import { destroySecrets, executeApproved, sweepSecrets } from '../../../src/loop/execute/index.ts';
import { openJournal } from '../../../src/record/index.ts';
import { AGENT, approveScript } from './house/approve-script.ts';
import { type House, REQUIREMENT, VERIFIER } from './house/open-house.ts';
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
  expect(await destroySecrets(house.parts, 'p1')).toEqual({ kind: 'not-over', state: 'executed' });
  await verifyAs(house, 'red');
  expect((await house.parts.journal.standing('p1')).state.kind).toBe('held');
  expect(await destroySecrets(house.parts, 'p1')).toEqual({ kind: 'not-over', state: 'held' });
  expect(await sweepSecrets(house.parts)).toBe(0);
  expect(await house.parts.blobs.has(secret)).toBe(true);
  expect(readdirSync(house.parts.runsDirectory)).toHaveLength(1);
});

test('[EXECUTE-16, L11] at the close sealed blobs and run directory are gone, once, and the record says so', async () => {
  const { house, secret } = await executed();
  await verifyAs(house, 'green');
  expect((await house.parts.journal.standing('p1')).state.kind).toBe('closed');
  expect(await house.parts.blobs.has(secret)).toBe(true);
  expect(await destroySecrets(house.parts, 'p1')).toEqual({ kind: 'destroyed' });
  expect(await house.parts.blobs.has(secret)).toBe(false);
  expect(readdirSync(house.parts.runsDirectory)).toEqual([]);
  const events = await house.parts.log.read({ stream: 'proposal:p1', afterSeq: 0, limit: 100 });
  expect(events.at(-1)?.body).toEqual({ type: 'secrets-destroyed', digests: [secret] });
  expect(await destroySecrets(house.parts, 'p1')).toEqual({ kind: 'nothing-left' });
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

test('[EXECUTE-16, CLI-14, L11] what ran out is first recorded as expired, by whoever sweeps, and not before its time', async () => {
  let late = 0;
  const house = await houseIn(makeRoot(), (parts) => {
    const clock = { ...parts.clock, nowMs: () => parts.clock.nowMs() + late };
    return { clock, journal: openJournal({ log: parts.log, projections: parts.projections, clock }) };
  });
  const secretsOf = ({ state }: { readonly state: ProposalState }): readonly string[] =>
    'secretBlobs' in state ? state.secretBlobs : [];
  const secrets = { TOKEN: 'hunter22' };
  // One that waits for people, and two that they approved; the second runs out later.
  const open = await approveScript(house, EFFECT, { proposal: 'p1', approvers: [], secrets });
  const approved = await approveScript(house, EFFECT, { proposal: 'p2', secrets });
  const requirement = { ...REQUIREMENT, openForMs: 3 * REQUIREMENT.openForMs };
  const longer = await approveScript(house, EFFECT, { proposal: 'p3', requirement, secrets });
  expect([open, approved, longer].map(({ state }) => [state.kind, secretsOf({ state }).length])).toEqual([
    ['open', 1],
    ['approved', 1],
    ['approved', 1],
  ]);
  const left = async (): Promise<readonly boolean[]> =>
    await Promise.all([open, approved, longer].flatMap(secretsOf).map((digest) => house.parts.blobs.has(digest)));
  expect(await sweepSecrets(house.parts)).toBe(0);
  expect(await destroySecrets(house.parts, 'p1')).toEqual({ kind: 'not-over', state: 'open' });
  expect(await left()).toEqual([true, true, true]);
  late = 2 * REQUIREMENT.openForMs;
  expect(await destroySecrets(house.parts, 'p1')).toEqual({ kind: 'destroyed' });
  expect(await left()).toEqual([false, true, true]);
  expect(await sweepSecrets(house.parts)).toBe(1);
  expect(await left()).toEqual([false, false, true]);
  for (const id of ['p1', 'p2']) {
    const events = await house.parts.log.read({ stream: `proposal:${id}`, afterSeq: 0, limit: 100 });
    const { name, key } = house.parts.signer;
    expect(events.slice(-2).map(({ body, actor }) => [body.type, actor])).toEqual([
      ['expired', { kind: 'runner', name, key }],
      ['secrets-destroyed', { kind: 'runner', name, key }],
    ]);
  }
  expect((await house.parts.journal.standing('p3')).state.kind).toBe('approved');
});

test('[EXECUTE-16] what could not be planned is over, and had no secrets', async () => {
  const house = await houseIn(makeRoot());
  const draft = {
    proposal: 'p1',
    target: 'web',
    driver: 'argv',
    intent: 'try',
    proposer: AGENT,
    draftDigest: house.parts.hash('p1'),
  } as const;
  await house.parts.journal.ask('p1', { kind: 'draft', draft }, AGENT);
  expect(await destroySecrets(house.parts, 'p1')).toEqual({ kind: 'not-over', state: 'drafted' });
  const control = { kind: 'control', name: 'control' } as const;
  await house.parts.journal.ask('p1', { kind: 'mark-unplannable', finding: { why: 'no', next: 'none' } }, control);
  expect(await destroySecrets(house.parts, 'p1')).toEqual({ kind: 'nothing-left' });
});
