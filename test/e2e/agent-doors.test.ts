/** An agent at every door of the command line: it reads, proposes, comments and withdraws, and that is all. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Application, type CommandContext, generateHelpTextForAllCommands } from '@stricli/core';
import { expect } from 'vitest';
import { buildApp } from '../../src/surfaces/cli/app.ts';
import { needs } from '../real/needs.ts';
import { realLoop } from '../support/real-loop.ts';

const AGENT = { COUNTERSIGN_AGENT: 'mallory', COUNTERSIGN_SESSION: 's-1' };

/** Doors that are people's, as somebody would type them. `ID` and `KEY` are filled in. */
const CLOSED: Readonly<Record<string, readonly string[]>> = {
  'countersign approve': ['approve', 'ID', '--ssh-key', 'KEY', '--yes'],
  'countersign reject': ['reject', 'ID', '--ssh-key', 'KEY', '--reason', 'no'],
  'countersign execute': ['execute', 'ID'],
  'countersign verify': ['verify', 'ID'],
  'countersign reconcile': ['reconcile', 'ID', '--note', 'all fine'],
  'countersign review': ['review', 'ID', '--note', 'all fine'],
  'countersign record head': ['record', 'head'],
  'countersign runner': ['runner'],
  'countersign verifier': ['verifier'],
  'countersign approver add': ['approver', 'add', 'mallory', '--ssh-key', 'KEY.pub', '--sign-with', 'KEY'],
  'countersign trust init': ['trust', 'init', '--approver', 'mallory', '--ssh-key', 'KEY.pub'],
  'countersign trust sign': ['trust', 'sign', '--ssh-key', 'KEY'],
};

/** Doors that an agent may use: none of them can approve, execute, verify, change what is trusted, or have a key of ours sign: `record export` leaves its head unsigned. */
const OPEN: readonly string[] = [
  'countersign propose terraform',
  'countersign propose sqlite',
  'countersign propose argv',
  'countersign recover',
  'countersign drift',
  'countersign comment',
  'countersign withdraw',
  'countersign list',
  'countersign show',
  'countersign look',
  'countersign sweep',
  'countersign evidence add',
  'countersign evidence show',
  'countersign record verify',
  'countersign record export',
  'countersign record show',
  'countersign trust check',
  'countersign doctor',
  'countersign practice',
];

/** Started by other commands; left out of the help. */
const HIDDEN: readonly string[] = ['countersign look', 'countersign sweep'];

const doorTest = needs('ssh-keygen');

doorTest('[CLI-08, L1] every command of the command line is known as open or closed to agents', async () => {
  // Help is generated without running anything, so no context is ever asked for.
  const app = buildApp(async () => 'test') as unknown as Application<CommandContext>;
  const commands = generateHelpTextForAllCommands(app).map(([name]) => name);
  expect(commands.length).toBeGreaterThan(20);
  const known = [...Object.keys(CLOSED), ...OPEN];
  expect(commands.filter((name) => !known.includes(name))).toEqual([]);
  expect(known.filter((name) => !commands.includes(name) && !HIDDEN.includes(name))).toEqual([]);
});

doorTest(
  '[CLI-08, L1] an agent that proposed is refused at every closed door, open proposal or approved',
  async () => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    for (const isApproved of [false, true]) {
      if (isApproved) await loop.approve(id);
      const before = await loop.show(id);
      for (const [name, words] of Object.entries(CLOSED)) {
        const args = words.map((word) => word.replace('ID', id).replace('KEY', loop.key));
        const ran = await loop.runAs(AGENT, ...args, '--json');
        expect([name, ran.code]).toEqual([name, 1]);
        const refusal = JSON.parse(ran.stdout) as Record<string, unknown>;
        expect(refusal['code']).toMatch(/^(AGENT_SESSION|NOT_YOURS_TO_DO)$/);
        expect(refusal).toMatchObject({ schema: 'countersign.refusal/1', kind: 'refused' });
      }
      expect(await loop.show(id)).toEqual(before);
    }
    expect(loop.effects('argv')).toBe(0);
  },
  240_000,
);

doorTest(
  '[CLI-08, L1] marks that coding agents leave are enough; no name is needed',
  async () => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    await loop.approve(id);
    for (const mark of ['CLAUDECODE', 'CURSOR_AGENT', 'CODEX_SANDBOX', 'GEMINI_CLI', 'OPENCODE']) {
      expect((await loop.runAs({ [mark]: '1' }, 'execute', id)).code).toBe(1);
    }
    expect(loop.effects('argv')).toBe(0);
  },
  120_000,
);

doorTest(
  '[CLI-08, L1, L2] what an agent may do bears its name, its session and the person who runs it',
  async () => {
    const loop = await realLoop();
    const proposed = await loop.runAs(
      AGENT,
      'propose',
      'argv',
      '--dir',
      loop.place,
      '--target',
      'web',
      '--intent',
      'mine',
      '--json',
      '--',
      'true',
    );
    const { id } = JSON.parse(proposed.stdout) as { id: string };
    expect((await loop.runAs(AGENT, 'comment', id, '--text', 'done, everything applied')).code).toBe(0);
    const shown = (await loop.json('show', id)) as { proposer: unknown; claims: { by: unknown; text: string }[] };
    expect(shown.proposer).toMatchObject({ kind: 'agent', name: 'mallory', session: 's-1' });
    expect(shown.claims).toMatchObject([{ by: { kind: 'agent' }, text: 'done, everything applied' }]);
    expect((await loop.runAs({ COUNTERSIGN_AGENT: 'other' }, 'withdraw', id)).code).toBe(1);
    expect((await loop.runAs(AGENT, 'withdraw', id)).code).toBe(0);
  },
  120_000,
);

doorTest(
  '[CLI-08, L15] an agent that rewrites the trust file gets nothing executed by it',
  async () => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    await loop.approve(id);
    const trust = join(`${loop.home}-trust`, 'trust.yaml');
    const mine = `${trust}.old`;
    expect(existsSync(trust)).toBe(true);
    const text = readFileSync(trust, 'utf8');
    writeFileSync(mine, text);
    writeFileSync(trust, text.replace('version: 1', 'version: 2').replace('approvals: 1', 'approvals: 0'));
    expect((await loop.run('execute', id)).code).not.toBe(0);
    writeFileSync(trust, text.replace('version: 1', 'version: 2'));
    const ran = await loop.run('execute', id, '--json');
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({ code: 'TRUST_UNSIGNED' });
    expect(loop.effects('argv')).toBe(0);
  },
  120_000,
);
