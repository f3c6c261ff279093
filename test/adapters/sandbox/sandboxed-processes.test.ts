import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeProcesses, probeSandbox, sandboxedProcesses } from '../../../src/adapters/index.ts';
import type { Processes, ProcessResult, ProcessSpec } from '../../../src/kernel/index.ts';
import { needs } from '../../real/needs.ts';

const sandboxTest = needs('sandbox');
const PATH = process.env['PATH'] ?? '/usr/bin:/bin';

let root = '';
let scratch = '';
let hidden = '';

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-sandbox-')));
  scratch = join(root, 'scratch');
  hidden = join(root, 'keys');
  mkdirSync(scratch);
  mkdirSync(hidden);
  writeFileSync(join(hidden, 'key'), 'the-private-key');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

async function confined(): Promise<Processes> {
  const processes = nodeProcesses();
  const probe = await probeSandbox(processes, PATH);
  const made = sandboxedProcesses({ processes, probe, writable: [scratch], hidden: [hidden], allowedDomains: [] });
  expect(made.level).toBe('sandboxed');
  return made;
}

function shell(script: string, extra: Partial<ProcessSpec> = {}): ProcessSpec {
  return {
    file: '/bin/sh',
    args: ['-c', script],
    directory: scratch,
    environment: { PATH },
    timeoutMs: 20_000,
    maxOutputBytes: 65_536,
    ...extra,
  };
}

function said(result: ProcessResult): string {
  return new TextDecoder().decode(result.stdout);
}

sandboxTest('[SANDBOX-01] writes stay in the scratch directory', async () => {
  const { run } = await confined();
  const result = await run(shell(`echo in > here; echo out > '${root}/there'; echo tried`));
  expect(said(result)).toBe('tried\n');
  expect(readFileSync(join(scratch, 'here'), 'utf8')).toBe('in\n');
  expect(existsSync(join(root, 'there'))).toBe(false);
});

sandboxTest('[SANDBOX-02, L11] hidden directories look empty', async () => {
  const { run } = await confined();
  const result = await run(shell(`cat '${hidden}/key' || echo hidden`));
  expect(said(result)).toBe('hidden\n');
});

sandboxTest('[SANDBOX-03] no server is reachable, not even on loopback', async () => {
  const { run } = await confined();
  const server = await listen();
  try {
    const { port } = server;
    const dial = `node -e 'require("net").connect(${port}, "127.0.0.1").on("connect", () => { console.log("reached"); process.exit() }).on("error", () => console.log("unreachable"))'`;
    expect(said(await nodeProcesses().run(shell(dial)))).toBe('reached\n');
    expect(said(await run(shell(dial)))).toBe('unreachable\n');
  } finally {
    server.close();
  }
});

sandboxTest('[SANDBOX-04] a program is what it is: arguments, directory, environment, input and end', async () => {
  const { run } = await confined();
  const odd = `it's "odd" $HOME \`x\` \\ \n*`;
  const script = 'printf "%s|" "$0" "$PWD" "$GIVEN" "$HOME" "$TMPDIR"; cat; exit 7';
  const args = ['-c', script, odd];
  const stdin = new TextEncoder().encode('from standard input');
  const result = await run(shell('', { args, environment: { PATH, GIVEN: 'yes' }, stdin }));
  expect(said(result)).toBe(`${odd}|${scratch}|yes||${scratch}|from standard input`);
  expect(result.end).toEqual({ kind: 'exited', code: 7 });
  expect(result.isTimedOut).toBe(false);
});

sandboxTest('[SANDBOX-04] several programs share the sandbox, and it comes back after a rest', async () => {
  const { run } = await confined();
  const all = await Promise.all(['a', 'b', 'c'].map(async (name) => said(await run(shell(`echo ${name}`)))));
  expect(all).toEqual(['a\n', 'b\n', 'c\n']);
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(said(await run(shell('echo again')))).toBe('again\n');
});

test('[SANDBOX-05, L13] a machine without its parts is told what to install', async () => {
  const probe = await probeSandbox(nodeProcesses(), '/nonexistent');
  if (process.platform === 'darwin') return expect(probe).toEqual({ kind: 'available' });
  expect(probe).toEqual({
    kind: 'unavailable',
    why: 'bwrap, rg, socat not found',
    hint: 'install them; Debian: apt-get install bubblewrap ripgrep socat',
  });
});

test('[SANDBOX-05, L9] a sandbox that can not be made is no sandbox, though its parts are there', async () => {
  const broken: Processes = {
    locate: async (file) => `/usr/bin/${file}`,
    run: async () => ({
      end: { kind: 'exited', code: 1 },
      stdout: new Uint8Array(),
      stderr: new TextEncoder().encode('bwrap: No permissions to create new namespace\nmore'),
      isTruncated: false,
      isTimedOut: false,
    }),
  };
  const probe = await probeSandbox(broken, PATH);
  if (process.platform === 'darwin') return expect(probe).toEqual({ kind: 'available' });
  expect(probe).toMatchObject({
    kind: 'unavailable',
    why: "bubblewrap can't make a sandbox here: bwrap: No permissions to create new namespace",
  });
});

test('[SANDBOX-05] what runs without a sandbox is called advisory', async () => {
  const processes = nodeProcesses();
  const probe = { kind: 'unavailable', why: 'a test', hint: 'none' } as const;
  const made = sandboxedProcesses({ processes, probe, writable: [scratch], hidden: [hidden], allowedDomains: [] });
  expect(made.level).toBe('advisory');
  expect(said(await made.run(shell(`cat '${hidden}/key'`)))).toBe('the-private-key');
});

async function listen(): Promise<{ readonly port: number; close(): void }> {
  const server: Server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return { port: address.port, close: () => server.close() };
}
