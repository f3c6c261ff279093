/** Approving at a real pseudo-terminal, with redirected streams, and without any terminal; and leaving in the middle. */

import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { needs } from '../real/needs.ts';
import { type Sat, sitAtTerminal } from '../support/at-terminal.ts';
import { typeCommandLine } from '../support/command-line.ts';
import { type RealLoop, realLoop } from '../support/real-loop.ts';

const MAIN: string = fileURLToPath(new URL('../../src/surfaces/cli/main.ts', import.meta.url));
const TIMEOUT_MS = 240_000;
const ASKS = /Type the target's name \(argv-target\): /g;
const terminalTest = needs('ssh-keygen', 'script');
const loopTest = needs('ssh-keygen');

/** A shell's redirections and flags; LOG and OUT are files of the world. */
const WAYS = ['', '2>LOG', '--json', '</dev/null', '--json </dev/null >OUT 2>LOG'] as const;

async function approveAtTerminal(loop: RealLoop, id: string, way: string, keys: string): Promise<Sat> {
  const rest = way.replace('LOG', `'${join(loop.root, 'log')}'`).replace('OUT', `'${join(loop.root, 'out')}'`);
  const line = `'${process.execPath}' '${MAIN}' approve ${id} --ssh-key '${loop.key}' ${rest}`;
  return await sitAtTerminal({ ...loop.environment, TERM: 'xterm' }, { line, asks: ASKS }, () => keys);
}

async function expectUndecided(loop: RealLoop, id: string): Promise<void> {
  const shown = await loop.show(id);
  expect(shown).toMatchObject({ state: 'open', outcome: null, approvals: [] });
  expect(shown.events.map((event) => event.type)).not.toContain('approved');
  expect((await loop.run('execute', id)).code).toBe(3);
  expect(loop.effects('argv')).toBe(0);
}

terminalTest.each([
  { name: 'Ctrl-C', keys: '\u0003' },
  { name: 'Ctrl-C after a typed yes', keys: 'argv-target\u0003' },
  { name: 'Ctrl-D', keys: '\u0004' },
])(
  '[CLI-24, CLI-05, L2] $name at the question signs nothing, records nothing and ends with 130, wherever the streams go',
  async ({ keys }) => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    for (const way of WAYS) {
      const { code, screen, asked } = await approveAtTerminal(loop, id, way, keys);
      expect([way, code, asked.length], screen).toEqual([way, 130, 1]);
      expect(screen).not.toContain('bug');
    }
    expect(JSON.parse(readFileSync(join(loop.root, 'out'), 'utf8'))).toMatchObject({
      schema: 'countersign.failure/1',
      code: 'INTERRUPTED',
    });
    expect(readFileSync(join(loop.root, 'log'), 'utf8')).not.toContain('bug');
    await expectUndecided(loop, id);
  },
  TIMEOUT_MS,
);

terminalTest.each(WAYS)(
  '[CLI-24, APPROVE-11] the preview and the question stand on the terminal, and only the right answer signs: %j',
  async (way) => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    const refused = await approveAtTerminal(loop, id, way, 'y\r');
    expect([refused.code, refused.asked.length], refused.screen).toEqual([1, 1]);
    await expectUndecided(loop, id);
    const { code, screen, asked } = await approveAtTerminal(loop, id, way, 'argv-target\r');
    expect([code, asked.length], screen).toEqual([0, 1]);
    const beforeIt = screen.slice(0, screen.indexOf(asked[0] ?? 'asked'));
    expect(beforeIt.match(/one argv effect/g)).toHaveLength(1);
    expect(await loop.show(id)).toMatchObject({ state: 'approved', approvals: [{ approver: 'ann' }] });
    if (way.includes('OUT')) {
      expect(JSON.parse(readFileSync(join(loop.root, 'out'), 'utf8'))).toMatchObject({ id, state: 'approved' });
    }
  },
  TIMEOUT_MS,
);

terminalTest.each(['--yes', '--confirm argv-target', '--yes --json 2>LOG'])(
  '[CLI-24, CLI-07] %s answers ahead: nothing is asked',
  async (way) => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    const { code, screen, asked } = await approveAtTerminal(loop, id, way, '\u0003');
    expect([code, asked], screen).toEqual([0, []]);
    expect(screen).not.toContain("Type the target's name");
    expect(await loop.show(id)).toMatchObject({ state: 'approved' });
  },
  TIMEOUT_MS,
);

/** As a service or CI starts it: in a session of its own, which no terminal controls. */
async function approveUnattended(loop: RealLoop, args: readonly string[]): Promise<number | null> {
  const child = spawn(process.execPath, [MAIN, 'approve', ...args, '--ssh-key', loop.key], {
    env: { ...loop.environment },
    stdio: 'ignore',
    detached: true,
  });
  return await new Promise((resolve) => child.on('close', resolve));
}

loopTest.each([{ more: [] }, { more: ['--json'] }])(
  '[CLI-24, CLI-07] without a controlling terminal the signature is the act: $more',
  async ({ more }) => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    expect(await approveUnattended(loop, [id, ...more])).toBe(0);
    expect(await loop.show(id)).toMatchObject({ state: 'approved', approvals: [{ approver: 'ann' }] });
  },
  TIMEOUT_MS,
);

loopTest(
  '[CLI-24, CLI-06] who leaves hears that nothing was decided, and what to do next',
  async () => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    const left = await typeCommandLine(loop.environment, ['approve', id, '--ssh-key', loop.key], { answers: [] });
    expect(left.code).toBe(130);
    expect(left.stderr).toContain('nothing was decided or recorded');
    expect(left.stderr).toContain('run the command again to decide');
    await expectUndecided(loop, id);
  },
  TIMEOUT_MS,
);

loopTest(
  '[CLI-24, CLI-05] an interruption before the key signs stops every command that signs',
  async () => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    const interrupted = AbortSignal.abort();
    const key = ['--ssh-key', loop.key];
    const lines = [
      ['approve', id, ...key, '--yes'],
      ['reject', id, ...key, '--reason', 'no'],
    ];
    for (const line of lines) {
      const ran = await typeCommandLine(loop.environment, [...line, '--json'], { interrupted });
      expect([ran.code, JSON.parse(ran.stdout).code]).toEqual([130, 'INTERRUPTED']);
    }
    await expectUndecided(loop, id);
    const bob = join(loop.root, 'bob');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', bob]);
    const trustFile = join(`${loop.home}-trust`, 'trust.yaml');
    const before = readFileSync(trustFile, 'utf8');
    const add = ['approver', 'add', 'bob', '--ssh-key', `${bob}.pub`, '--sign-with', loop.key];
    expect((await typeCommandLine(loop.environment, add, { interrupted })).code).toBe(130);
    expect(readFileSync(trustFile, 'utf8')).toBe(before);
    const raised = before.replace('version: 1', 'version: 2');
    writeFileSync(trustFile, raised);
    expect((await typeCommandLine(loop.environment, ['trust', 'sign', ...key], { interrupted })).code).toBe(130);
    expect((await loop.run('trust', 'check')).code).not.toBe(0);
    expect((await loop.run('trust', 'sign', ...key)).code).toBe(0);
  },
  TIMEOUT_MS,
);

loopTest(
  '[CLI-24, CLI-05] an interruption while the key waits for its person records nothing',
  async () => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    const programs = join(loop.root, 'programs');
    mkdirSync(programs);
    const wait = `touch '${loop.root}/waits'; while [ ! -e '${loop.root}/touched' ]; do sleep 0.05; done`;
    const search = loop.environment['PATH'] ?? '';
    writeFileSync(join(programs, 'ssh-keygen'), `#!/bin/sh\n${wait}\nPATH='${search}' exec ssh-keygen "$@"\n`);
    chmodSync(join(programs, 'ssh-keygen'), 0o755);
    const controller = new AbortController();
    const environment = { ...loop.environment, PATH: `${programs}${delimiter}${search}` };
    const line = ['approve', id, '--ssh-key', loop.key, '--yes'];
    const ended = typeCommandLine(environment, line, { interrupted: controller.signal });
    await expect.poll(() => existsSync(join(loop.root, 'waits')), { timeout: TIMEOUT_MS }).toBe(true);
    controller.abort();
    writeFileSync(join(loop.root, 'touched'), '');
    const { code, stderr } = await ended;
    expect(code, stderr).toBe(130);
    await expectUndecided(loop, id);
  },
  TIMEOUT_MS,
);

loopTest(
  '[CLI-24, CLI-05] an interrupted release leaves the target held, signed or not',
  async () => {
    const loop = await realLoop();
    const missing = `{file: {path: "${join(loop.root, 'missing')}", expect: {exists: true}}}`;
    const change = ['--dir', loop.place, '--target', 'web', '--intent', 'fail', '--check', missing];
    const id = String((await loop.json('propose', 'argv', ...change, '--', 'false'))['id']);
    await loop.approve(id);
    expect((await loop.run('execute', id)).code).toBe(5);
    expect((await loop.run('verify', id)).code).toBe(7);
    const interrupted = AbortSignal.abort();
    for (const key of [[], ['--ssh-key', loop.key]]) {
      const line = ['reconcile', id, '--note', 'looked at it', ...key];
      expect((await typeCommandLine(loop.environment, line, { interrupted })).code).toBe(130);
      expect((await loop.show(id)).state).toBe('held');
    }
    expect((await loop.run('reconcile', id, '--note', 'looked at it', '--ssh-key', loop.key)).code).toBe(0);
  },
  TIMEOUT_MS,
);

terminalTest(
  '[CLI-24, CLI-05, L2] a Ctrl-C that ssh-keygen does not heed ends it all the same: 130, and nothing is signed',
  async () => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    const programs = join(loop.root, 'programs');
    mkdirSync(programs);
    const asks = "trap '' INT; printf 'Enter passphrase: ' > /dev/tty; while :; do sleep 0.05; done";
    writeFileSync(join(programs, 'ssh-keygen'), `#!/bin/sh\n${asks}\n`);
    chmodSync(join(programs, 'ssh-keygen'), 0o755);
    const PATH = `${programs}${delimiter}${loop.environment['PATH'] ?? ''}`;
    const line = `'${process.execPath}' '${MAIN}' approve ${id} --yes --ssh-key '${loop.key}'`;
    const left = await sitAtTerminal(
      { ...loop.environment, PATH, TERM: 'xterm' },
      { line, asks: /Enter passphrase: /g },
      () => '\u0003',
    );
    expect([left.code, left.asked.length], left.screen).toEqual([130, 1]);
    await expectUndecided(loop, id);
  },
  TIMEOUT_MS,
);

terminalTest.each([
  { how: 'approve', line: (id: string) => `approve ${id} --yes` },
  { how: 'approve --json', line: (id: string) => `approve ${id} --yes --json` },
  { how: 'reject', line: (id: string) => `reject ${id} --reason no` },
])(
  '[CLI-24, CLI-05, L2] $how: Ctrl-C where ssh-keygen asks for the passphrase signs nothing, records nothing and ends with 130',
  async ({ line }) => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'open sesame', '-f', loop.key]);
    const environment = { ...loop.environment, TERM: 'xterm' };
    const typed = `'${process.execPath}' '${MAIN}' ${line(id)} --ssh-key '${loop.key}'`;
    const asks = /Enter passphrase[^\n]*: /g;
    const left = await sitAtTerminal(environment, { line: typed, asks }, () => '\u0003');
    expect([left.code, left.asked.length], left.screen).toEqual([130, 1]);
    expect(left.screen).not.toContain('bug');
    await expectUndecided(loop, id);
    // The same question, answered, is a signature: it was the passphrase that was asked for.
    const signed = await sitAtTerminal(environment, { line: typed, asks }, () => 'open sesame\r');
    expect([signed.code, signed.asked.length], signed.screen).toEqual([0, 1]);
    expect((await loop.show(id)).state).not.toBe('open');
  },
  TIMEOUT_MS,
);
