/** The way out after a forgery, where no verdict will ever come: an approver's signature frees target and place. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Principal } from '../../src/kernel/index.ts';
import { needs } from '../real/needs.ts';
import { addToTrust } from '../support/composed-loop.ts';
import { forge } from '../support/forge-event.ts';
import { newSigner } from '../support/keys.ts';
import { type RealLoop, realLoop } from '../support/real-loop.ts';
import { signedBy } from '../support/whole-life.ts';

const signTest = needs('ssh-keygen');

type Entry = { readonly seq: number; readonly hash: string };

async function disown(loop: RealLoop, entries: readonly Entry[]): Promise<void> {
  const lines = entries.map(({ seq, hash }) => `  - entry: ${seq}\n    hash: '${hash}'\n    why: forged\n`);
  await addToTrust(loop, `\ndisowned:\n${lines.join('')}`);
  expect((await loop.run('record', 'verify')).code).toBe(0);
}

/** Two approved migrations of one database; the second under another name. */
async function twoNames(loop: RealLoop): Promise<readonly [string, string]> {
  const first = await loop.propose('sqlite');
  const database = join(loop.root, 'sqlite-place', 'shop.db');
  const migration = join(loop.root, 'other.sql');
  writeFileSync(migration, "insert into orders (item) values ('rye');\n");
  const files = ['--database', database, '--migration', migration];
  const answer = await loop.json('propose', 'sqlite', ...files, '--target', 'renamed', '--intent', 'rye');
  const second = String(answer['id']);
  await loop.approve(first);
  await loop.approve(second);
  return [first, second];
}

async function answerOf(loop: RealLoop, ...args: readonly string[]): Promise<readonly unknown[]> {
  const ran = await loop.run(...args, '--json');
  const answer = JSON.parse(ran.stdout);
  return [ran.code, answer.code ?? answer.outcome ?? answer.state, answer.why];
}

signTest(
  '[RECORD-26, KERNEL-28, KERNEL-29, L1] a forged execution keeps its place busy under every name, until an approver signs what they found',
  async () => {
    const loop = await realLoop();
    const [first, second] = await twoNames(loop);
    const mallory = newSigner('local-runner');
    const runner: Principal = { kind: 'runner', name: mallory.name, key: mallory.key };
    const outcome = {
      kind: 'completed',
      resources: [],
      end: { kind: 'exited', code: 0 },
      because: [],
      evidence: [],
    } as const;
    const forged = await forge(
      loop.home,
      first,
      { actor: runner, body: { type: 'claimed', runner: mallory.name, claim: 'c'.repeat(32), account: 'root' } },
      { actor: runner, body: signedBy<'started'>(mallory, first, { type: 'started', nonces: [] }) },
      { actor: runner, body: signedBy<'executed'>(mallory, first, { type: 'executed', outcome }) },
    );
    // Nobody disowned it yet: what became of it is to be found out first, and not to be talked away.
    expect((await answerOf(loop, 'reconcile', first, '--note', 'x', '--ssh-key', loop.key)).slice(0, 2)).toEqual([
      6,
      'RECORD_BROKEN',
    ]);
    await disown(loop, forged);
    expect(await answerOf(loop, 'execute', second)).toEqual([
      1,
      'TARGET_BUSY',
      `${first} is executing or waits for its verdict, at the same place under the target name sqlite-target`,
    ]);
    expect(await answerOf(loop, 'reconcile', first, '--note', 'nothing ran')).toEqual([
      1,
      'NOT_LEGAL_NOW',
      'it rests on words that were disowned, and only an approver’s signature releases that',
    ]);
    expect(await answerOf(loop, 'reconcile', first, '--note', 'nothing ran', '--ssh-key', loop.key)).toEqual([
      0,
      'closed',
      undefined,
    ]);
    expect((await loop.run('record', 'verify')).code).toBe(0);
    expect((await answerOf(loop, 'execute', second)).slice(0, 2)).toEqual([0, 'completed']);
    expect(loop.effects('sqlite')).toBe(0);
  },
);

signTest(
  '[RECORD-26, KERNEL-28, KERNEL-29] what closed by a forged verdict holds its place under every name, until an approver signs what they found',
  async () => {
    const loop = await realLoop();
    const [first, second] = await twoNames(loop);
    expect((await answerOf(loop, 'execute', first))[0]).toBe(0);
    const mallory = newSigner('local-verifier');
    const verified = signedBy<'verified'>(mallory, first, {
      type: 'verified',
      observations: [],
      verdict: { kind: 'confirmed', isAsBefore: false, findings: [] },
    });
    const [event] = await forge(
      loop.home,
      first,
      { actor: { kind: 'verifier', name: mallory.name, key: mallory.key }, body: verified },
      { actor: { kind: 'control', name: 'control' }, body: { type: 'closed', mark: 'as-approved' } },
    );
    if (event === undefined) return expect.unreachable();
    await disown(loop, [event]);
    expect(await answerOf(loop, 'execute', second)).toEqual([
      1,
      'TARGET_HELD',
      `${first} left it in doubt, at the same place under the target name sqlite-target, and its release does not hold: it rests on words that were disowned`,
    ]);
    const sign = ['reconcile', first, '--note', 'it is right', '--ssh-key', loop.key];
    expect((await answerOf(loop, ...sign)).slice(0, 2)).toEqual([0, 'closed']);
    expect((await loop.run('record', 'verify')).code).toBe(0);
    expect((await answerOf(loop, 'execute', second)).slice(0, 2)).toEqual([1, 'stale']);
    expect((await loop.show(second)).state).toBe('stale');
    expect(readFileSync(join(`${loop.home}-trust`, 'trust.yaml'), 'utf8')).toContain('disowned:');
  },
);
