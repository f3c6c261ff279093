/** Releasing a held target and reviewing a broken glass, signed and not, through the real command line. */

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { compose } from '../../src/compose.ts';
import { needs } from '../real/needs.ts';
import { type RealLoop, realLoop } from '../support/real-loop.ts';

const signingTest = needs('ssh-keygen');
const ACCOUNT = userInfo().username;

/** A change of `web` that fails, was executed and refuted: its target is held. */
async function heldTarget(loop: RealLoop): Promise<string> {
  const check = `{file: {path: "${join(loop.root, 'missing')}", expect: {exists: true}}}`;
  const id = await propose(loop, 'sh', ['--check', check], '-c', 'exit 3');
  await loop.approve(id);
  expect((await loop.run('execute', id)).code).toBe(5);
  expect((await loop.run('verify', id)).code).toBe(7);
  expect(await loop.show(id)).toMatchObject({ state: 'held' });
  return id;
}

async function propose(loop: RealLoop, program: string, flags: readonly string[], ...args: readonly string[]) {
  const common = ['--dir', loop.place, '--target', 'web', '--intent', 'try'];
  const answer = await loop.json('propose', 'argv', ...common, ...flags, '--', program, ...args);
  return String(answer['id']);
}

/** Adds lines to the defaults of the trust file, and signs it. */
async function demand(loop: RealLoop, lines: string): Promise<string> {
  const file = join(`${loop.home}-trust`, 'trust.yaml');
  const text = readFileSync(file, 'utf8');
  const version = Number(/^version: (\d+)$/m.exec(text)?.[1]);
  const changed = text
    .replace(/^version: \d+$/m, `version: ${version + 1}`)
    .replace('  approvalFor: 1h', `  approvalFor: 1h\n${lines}`);
  expect(changed).toContain(lines);
  writeFileSync(file, changed);
  expect((await loop.run('trust', 'sign', '--ssh-key', loop.key)).code).toBe(0);
  const line = changed.split('\n').indexOf('defaults:') + 1;
  return `(defaults, ${file}:${line}:1)`;
}

async function refusal(loop: RealLoop, ...args: readonly string[]): Promise<Record<string, unknown>> {
  const ran = await loop.run(...args, '--json');
  expect(ran.code).toBe(1);
  return JSON.parse(ran.stdout) as Record<string, unknown>;
}

signingTest(
  '[CLI-20, L1] a release without a signature rests on an account, and is shown so',
  async () => {
    const loop = await realLoop();
    const id = await heldTarget(loop);
    const ran = await loop.run('reconcile', id, '--note', 'nothing had happened');
    const word = `by ${ACCOUNT} (operating-system account only, not signed)`;
    expect([ran.code, ran.stdout.trim()]).toEqual([0, `${id}  reconciled ${word}; it is closed`]);
    expect((await loop.run('show', id)).stdout).toContain(`ANSWERED FOR  by people\n  reconciled ${word}, `);
    expect(await loop.json('show', id)).toMatchObject({
      why: 'nothing had happened',
      reconciled: [{ by: ACCOUNT, note: 'nothing had happened', through: null, fingerprint: null }],
      reviewed: [],
    });
    const again = await refusal(loop, 'reconcile', id, '--note', 'again');
    expect(again).toMatchObject({ code: 'NOT_LEGAL_NOW', why: 'it is released already' });
    const next = await propose(loop, 'true', []);
    await loop.approve(next);
    expect((await loop.run('execute', next)).code).toBe(0);
    expect((await loop.run('record', 'verify')).code).toBe(0);
  },
  120_000,
);

signingTest(
  '[CLI-20, CLI-08, L1, L4] a person signs a release; an agent does not, whatever key it found',
  async () => {
    const loop = await realLoop();
    const id = await heldTarget(loop);
    const command = ['reconcile', id, '--note', 'looked at it', '--ssh-key', loop.key];
    const agent = await loop.runAs({ COUNTERSIGN_AGENT: 'mallory' }, ...command, '--json');
    expect([agent.code, JSON.parse(agent.stdout)]).toMatchObject([1, { code: 'AGENT_SESSION', what: 'this release' }]);
    const stranger = join(loop.root, 'stranger');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', stranger]);
    const unknown = await loop.run('reconcile', id, '--note', 'x', '--ssh-key', stranger);
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('is not registered for any approver')]);
    expect(await loop.show(id)).toMatchObject({ state: 'held' });
    const [, fingerprint] = execFileSync('ssh-keygen', ['-lf', `${loop.key}.pub`])
      .toString()
      .split(' ');
    expect(await loop.json(...command)).toEqual({
      schema: 'countersign.answer/1',
      id,
      state: 'closed',
      approver: 'ann',
      fingerprint,
    });
    expect((await loop.run('show', id)).stdout).toContain(`  reconciled by ann, signed ${fingerprint}, `);
    expect((await loop.run('record', 'verify')).code).toBe(0);
    const next = await propose(loop, 'true', []);
    await loop.approve(next);
    expect((await loop.run('execute', next)).code).toBe(0);
  },
  120_000,
);

signingTest(
  '[CLI-20, EXECUTE-30, L1, L13] where the policy asks for signatures, no account releases a target: not at the door, and not by way of the record',
  async () => {
    const loop = await realLoop();
    const id = await heldTarget(loop);
    // Asked for after the admission: the policy counts as it stands now.
    const where = await demand(loop, '  signedReconcile: true');
    expect(await refusal(loop, 'reconcile', id, '--note', 'all fine')).toMatchObject({
      code: 'POLICY',
      what: 'reconcile',
      where: id,
      why: `it is not signed, and the policy asks for a signature ${where}`,
      next: 'sign it with your own key: `--ssh-key FILE`',
    });
    const { journal } = await compose(loop.environment).reading();
    const forged = await journal.ask(id, { kind: 'reconcile', note: 'all fine' }, { kind: 'person', name: ACCOUNT });
    expect(forged.kind).toBe('decided');
    const next = await propose(loop, 'sh', [], '-c', `touch '${join(loop.root, 'ran')}'`);
    await loop.approve(next);
    expect(await refusal(loop, 'execute', next)).toMatchObject({
      code: 'TARGET_HELD',
      why: `${id} left it in doubt, and its release does not hold: it is not signed (the policy asks for it: ${where.slice(1)}`,
    });
    expect(await loop.show(next)).toMatchObject({ state: 'approved' });
    expect((await loop.run('reconcile', id, '--note', 'looked at it', '--ssh-key', loop.key)).code).toBe(0);
    expect((await loop.run('execute', next)).code).toBe(0);
    expect((await loop.run('record', 'verify')).code).toBe(0);
    expect((await loop.run('show', next)).stdout).not.toContain('ANSWERED FOR');
  },
  120_000,
);

signingTest(
  '[CLI-20, CLI-37, KERNEL-24, KERNEL-16, L2] a review is signed where the policy asks for it, by somebody else',
  async () => {
    const loop = await realLoop();
    await demand(loop, '  signedReconcile: true\n  breakGlass: [ann]');
    const ben = join(loop.root, 'ben');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', ben]);
    const added = ['approver', 'add', 'ben', '--ssh-key', `${ben}.pub`, '--sign-with', loop.key];
    expect((await loop.run(...added)).code).toBe(0);
    const id = await propose(loop, 'true', []);
    const glass = ['approve', id, '--ssh-key', loop.key, '--yes', '--break-glass', '--reason', 'down'];
    const listed = async (): Promise<readonly unknown[]> => {
      const { proposals } = JSON.parse((await loop.run('list', '--json')).stdout);
      const lines = (await loop.run('list')).stdout.split('\n').filter((line) => line.includes('GLASS'));
      return [proposals.map((one: { readonly glass: unknown }) => one.glass), lines];
    };
    const shout = `${id}  THE GLASS WAS BROKEN: one person approved alone, and a review is owed`;
    expect(await listed()).toEqual([['intact'], []]);
    expect((await loop.run(...glass)).code).toBe(0);
    expect(await listed()).toEqual([['broken'], [shout]]);
    expect(await refusal(loop, 'review', id, '--note', 'fine', '--ssh-key', loop.key)).toMatchObject({
      code: 'OWN_WORK',
      why: 'ann broke the glass',
    });
    expect(await refusal(loop, 'review', id, '--note', 'fine')).toMatchObject({ code: 'FOUR_EYES' });
    const ran = await loop.run('review', id, '--note', 'right call', '--ssh-key', ben);
    expect([ran.code, ran.stdout]).toEqual([
      0,
      expect.stringMatching(/ reviewed by ben, signed SHA256:.*; it is approved/),
    ]);
    expect(await listed()).toEqual([['reviewed'], []]);
    expect(await loop.json('show', id)).toMatchObject({
      glass: 'reviewed',
      reviewed: [{ by: 'ben', note: 'right call', through: null, fingerprint: expect.stringMatching(/^SHA256:/) }],
    });
    expect((await loop.run('record', 'verify')).code).toBe(0);
  },
  120_000,
);

signingTest(
  '[CLI-20, KERNEL-26, KERNEL-22, APPROVE-32, L13] a release names a recovery only when it is one, here, and confirmed',
  async () => {
    const loop = await realLoop();
    const id = await heldTarget(loop);
    const mended = join(loop.root, 'mended');
    const check = `{file: {path: "${mended}", expect: {exists: true}}}`;
    const other = await propose(loop, 'true', []);
    const recovery = await propose(loop, 'touch', ['--recovers', id, '--check', check], mended);
    const through = ['reconcile', id, '--note', 'mended', '--through'];
    expect((await loop.run(...through, 'p-nowhere')).code).toBe(2);
    expect(await refusal(loop, ...through, other)).toMatchObject({
      code: 'WRONG_DOCUMENT',
      why: `${other} is no recovery of it: it does not say that it recovers anything`,
    });
    const approved = await loop.run('approve', recovery, '--ssh-key', loop.key, '--yes');
    expect([approved.code, approved.stderr.replaceAll(/\n {12}/g, ' ')]).toEqual([
      0,
      expect.stringContaining(
        `RECOVERS    ${id}, which is held because the outcome is indeterminate and the verdict is refuted\n`,
      ),
    ]);
    expect((await loop.run('execute', recovery)).code).toBe(0);
    expect(await refusal(loop, ...through, recovery)).toMatchObject({
      code: 'NOT_LEGAL_NOW',
      why: `${recovery} put nothing right yet that anybody confirmed: it is executed`,
    });
    expect((await loop.run('verify', recovery)).code).toBe(0);
    expect((await loop.run(...through, recovery.slice(0, -1), '--ssh-key', loop.key)).code).toBe(0);
    expect(await loop.json('show', id)).toMatchObject({
      state: 'closed',
      mark: 'reconciled',
      reconciled: [{ by: 'ann', note: 'mended', through: recovery }],
    });
    expect((await loop.run('record', 'verify')).code).toBe(0);
  },
  120_000,
);
