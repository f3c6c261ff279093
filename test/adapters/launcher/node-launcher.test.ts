import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/adapters/clock/system-clock.ts';
import { nodeLauncher } from '../../../src/adapters/launcher/node-launcher.ts';
import { findRunning, RUN_MARK } from '../../../src/adapters/launcher/running-processes.ts';
import type { Launched, Run } from '../../../src/loop/execute/index.ts';

const launcher = nodeLauncher({ clock: systemClock() });

function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-launcher-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

type Script = {
  readonly claim?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: Uint8Array;
};

async function launchScript(directory: string, script: string, options: Script = {}): Promise<Launched> {
  return await launcher.launch({
    claim: options.claim ?? 'c-test',
    outputDirectory: directory,
    command: {
      file: '/bin/sh',
      args: ['-c', script],
      directory,
      environment: options.environment ?? { PATH: '/usr/bin:/bin' },
      stdin: options.stdin,
    },
  });
}

function running(launched: Launched): Run {
  if (launched.kind !== 'running') throw new TypeError(launched.why);
  return launched.run;
}

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new TypeError(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function read(directory: string, stream: 'stdout' | 'stderr', offset = 0, maxBytes = 1_000): Promise<string> {
  return Buffer.from(await launcher.readOutput(directory, stream, { offset, maxBytes })).toString();
}

test('[EXECUTE-19, L3] environment, input and directory are exact, output goes to private files', async () => {
  const directory = makeDirectory();
  const script = 'env; cat >&2; pwd; exit 7';
  const run = running(
    await launchScript(directory, script, {
      environment: { A: 'b=c', PATH: '/usr/bin:/bin' },
      stdin: Buffer.from('in\0put'),
    }),
  );
  expect(await run.ended).toEqual({ kind: 'exited', code: 7 });
  const lines = (await read(directory, 'stdout')).trim().split('\n');
  expect(lines).toContain('A=b=c');
  expect(lines).toContain(`${RUN_MARK}=c-test`);
  expect(lines.filter((line) => !/^(A|PATH|PWD|SHLVL|_|COUNTERSIGN_RUN|OLDPWD)=/.test(line))).toEqual([directory]);
  expect(await read(directory, 'stderr')).toBe('in\0put');
  for (const name of ['stdin', 'stdout', 'stderr']) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
  expect(await run.survivors()).toBe(0);
  run.stop();
});

test('[EXECUTE-12] output is read in parts, while it grows', async () => {
  const directory = makeDirectory();
  const run = running(
    await launchScript(directory, 'printf abcdef; while [ ! -e gate ]; do sleep 0.02; done; printf ghi'),
  );
  await until('the first part', async () => (await read(directory, 'stdout')) === 'abcdef');
  expect(await read(directory, 'stdout', 2, 3)).toBe('cde');
  expect(await read(directory, 'stdout', 6)).toBe('');
  writeFileSync(join(directory, 'gate'), '');
  await run.ended;
  expect(await read(directory, 'stdout', 6)).toBe('ghi');
  expect(await read(join(directory, 'none'), 'stdout')).toBe('');
});

test('[EXECUTE-14] how it ended is told: by a code, by a signal, or that it never began', async () => {
  expect(await running(await launchScript(makeDirectory(), 'exit 0')).ended).toEqual({ kind: 'exited', code: 0 });
  expect(await running(await launchScript(makeDirectory(), 'kill -9 $$')).ended).toEqual({
    kind: 'signalled',
    signal: 'SIGKILL',
  });
  const command = { file: '/no/such/program', args: [], directory: '/', environment: {} };
  const none = await launcher.launch({ command, claim: 'c', outputDirectory: makeDirectory() });
  expect(none).toMatchObject({ kind: 'not-started', why: expect.stringContaining('ENOENT') });
  const nul = await launcher.launch({
    command: { ...command, args: ['a\0b'] },
    claim: 'c',
    outputDirectory: makeDirectory(),
  });
  expect(nul.kind).toBe('not-started');
  const lost = await launcher.launch({ command, claim: 'c', outputDirectory: join(makeDirectory(), 'missing') });
  expect(lost).toMatchObject({ kind: 'not-started', why: expect.stringContaining('ENOENT') });
});

test('[EXECUTE-19, L5] an output directory serves one launch only', async () => {
  const directory = makeDirectory();
  await running(await launchScript(directory, 'echo one')).ended;
  expect(await launchScript(directory, 'echo two')).toMatchObject({ kind: 'not-started' });
  expect(await read(directory, 'stdout')).toBe('one\n');
});

test('[EXECUTE-19, EXECUTE-13] it leads a session of its own, and only itself is asked to stop', async () => {
  const directory = makeDirectory();
  const script = `sh -c 'trap "echo child >> asked" TERM; echo ready > ready; while [ ! -e gate ]; do sleep 0.02; done' &
trap 'echo leader >> asked' TERM; echo $$ > pid; while [ ! -e gate ]; do sleep 0.02; done; wait`;
  const run = running(await launchScript(directory, script));
  await until('both run', () => existsSync(join(directory, 'ready')) && existsSync(join(directory, 'pid')));
  const pid = Number(readFileSync(join(directory, 'pid'), 'utf8'));
  const leader = (await findRunning()).find((one) => one.pid === pid);
  expect(leader).toEqual({ pid, session: pid, claim: 'c-test' });
  run.stop();
  await until('it was asked', () => existsSync(join(directory, 'asked')));
  writeFileSync(join(directory, 'gate'), '');
  expect(await run.ended).toEqual({ kind: 'exited', code: 0 });
  expect(readFileSync(join(directory, 'asked'), 'utf8')).toBe('leader\n');
});

test('[EXECUTE-15, EXECUTE-14] survivors are counted by mark and by session, also when one has wiped its environment', async () => {
  const directory = makeDirectory();
  const loop = 'while [ ! -e gate ]; do read -t 0.02 _ || :; done';
  const script = `env -i /bin/bash -c 'touch one; ${loop}' < /dev/zero & setsid /bin/bash -c 'touch two; ${loop}' < /dev/zero & 
while [ ! -e one ] || [ ! -e two ]; do sleep 0.02; done; exit 0`;
  const run = running(await launchScript(directory, script, { claim: 'c-survivors' }));
  await run.ended;
  expect(await run.survivors()).toBe(2);
  writeFileSync(join(directory, 'gate'), '');
  await until('they end', async () => (await run.survivors()) === 0);
});

/** Starts a marked process that this process is not the launcher of, as after a crash. */
function orphan(claim: string, script: string, directory: string): ChildProcess {
  const child = spawn('/bin/sh', ['-c', script], {
    cwd: directory,
    env: { PATH: '/usr/bin:/bin', [RUN_MARK]: claim },
    detached: true,
    stdio: 'ignore',
  });
  onTestFinished(() => {
    writeFileSync(join(directory, 'gate'), '');
  });
  return child;
}

test('[EXECUTE-15, EXECUTE-13] reaping asks the leader first, then what it left, each once, and nobody else', async () => {
  const directory = makeDirectory();
  const helper = `sh -c 'trap "echo helper >> asked; exit 0" TERM; touch ready; while [ ! -e gate ]; do sleep 0.02; done' &`;
  orphan(
    'c-reap',
    `trap 'echo leader >> asked; sleep 0.3; exit 0' TERM; ${helper} while [ ! -e gate ]; do sleep 0.02; done`,
    directory,
  );
  const other = makeDirectory();
  const innocent = orphan('c-other', 'touch ready; while [ ! -e gate ]; do sleep 0.02; done', other);
  await until('all run', () => existsSync(join(directory, 'ready')) && existsSync(join(other, 'ready')));
  const reaped = await launcher.reap('c-reap', 30_000);
  expect(reaped.alive).toBe(0);
  expect(reaped.found).toBeGreaterThanOrEqual(2);
  expect(readFileSync(join(directory, 'asked'), 'utf8')).toBe('leader\nhelper\n');
  expect(innocent.exitCode).toBeNull();
  expect(innocent.signalCode).toBeNull();
  expect(await launcher.reap('c-reap', 0)).toEqual({ found: 0, alive: 0 });
  writeFileSync(join(other, 'gate'), '');
  await until('the other one ends by itself', () => innocent.exitCode === 0);
});

test('[EXECUTE-15, EXECUTE-13] what does not stop is reported as alive when the deadline comes, and is not killed', async () => {
  const directory = makeDirectory();
  const child = orphan(
    'c-stubborn',
    `trap 'echo asked >> asked' TERM; touch ready; while [ ! -e gate ]; do read x || :; done`,
    directory,
  );
  await until('it runs', () => existsSync(join(directory, 'ready')));
  expect(await launcher.reap('c-stubborn', 500)).toEqual({ found: 1, alive: 1 });
  expect(child.exitCode).toBeNull();
  expect(readFileSync(join(directory, 'asked'), 'utf8')).toBe('asked\n');
  writeFileSync(join(directory, 'gate'), '');
  await until('it ends by itself', () => child.exitCode === 0);
});
