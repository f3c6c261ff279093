/**
 * Real components that a test needs. A missing one is a visible, counted skip; with COUNTERSIGN_REQUIRE_REAL=1 it fails.
 *
 * @example
 * const terraformTest = needs('terraform');
 * terraformTest('[TERRAFORM-01] a plan is sealed', async () => { … });
 */

import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'vitest';
import { postgresPrograms } from '../support/state-backends/postgres-programs.ts';

/** What a machine may lack. */
export type Component =
  | 'age'
  | 'bwrap'
  | 'git'
  | 'linux'
  | 'npm'
  | 'postgres'
  | 'rg'
  | 'root'
  | 'root-home'
  | 'sandbox'
  | 'script'
  | 'socat'
  | 'ssh-keygen'
  | 'strace'
  | 'terraform'
  | 'tmpfs'
  | 'unshare';

/** Declares one test; `.each` declares one per row. */
export type RealTest = {
  (title: string, body: () => void | Promise<void>, timeoutMs?: number): void;
  each<Row>(
    rows: readonly Row[],
  ): (title: string, body: (row: Row) => void | Promise<void>, timeoutMs?: number) => void;
};

/**
 * A `test` that runs only where every named component is really there.
 *
 * @throws with COUNTERSIGN_REQUIRE_REAL=1, when one is missing: the file fails and says what to install
 */
export function needs(...components: readonly Component[]): RealTest {
  const missing = components.filter((component) => missingBecause(component) !== undefined);
  if (missing.length === 0) return realTest(undefined);
  const reason = `needs ${missing.map((component) => `${component} (${missingBecause(component)})`).join(', ')}`;
  if (process.env['COUNTERSIGN_REQUIRE_REAL'] === '1') {
    throw new Error(`COUNTERSIGN_REQUIRE_REAL=1, and this machine lacks what the test ${reason}`);
  }
  return realTest(reason);
}

function realTest(skipReason: string | undefined): RealTest {
  const declare = (title: string, body: () => void | Promise<void>, timeoutMs?: number): void => {
    if (skipReason === undefined) test(title, async () => await body(), timeoutMs);
    else test(title, (context) => context.skip(skipReason));
  };
  const each =
    <Row>(rows: readonly Row[]) =>
    (title: string, body: (row: Row) => void | Promise<void>, timeoutMs?: number): void => {
      if (skipReason === undefined) test.each([...rows])(title, async (row) => await body(row as Row), timeoutMs);
      else test(title, (context) => context.skip(skipReason));
    };
  return Object.assign(declare, { each });
}

const answers = new Map<Component, string | undefined>();

function missingBecause(component: Component): string | undefined {
  if (!answers.has(component)) answers.set(component, probe(component));
  return answers.get(component);
}

/** The packages of programs that can't be asked for their version everywhere. */
const DEBIAN = { script: 'bsdutils', 'ssh-keygen': 'openssh-client' } as const;

/** Programs that may be there and still be forbidden to do their work. */
const REACHES_THE_KERNEL = {
  strace: ['-qq', '-o', '/dev/null', '/bin/true'],
  unshare: ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'],
} as const;

/** Asks the component itself, so that a broken install counts as missing too. */
function probe(component: Component): string | undefined {
  switch (component) {
    case 'linux':
    case 'root':
    case 'root-home':
      return probePlatform(component);
    case 'script':
    case 'ssh-keygen':
      return isOnPath(component) ? undefined : `not on PATH; Debian: ${DEBIAN[component]}`;
    case 'terraform':
      return runs('terraform', ['version']) ? undefined : 'not on PATH; it must come with the machine';
    case 'strace':
    case 'unshare':
      return runs(component, REACHES_THE_KERNEL[component]) ? undefined : 'absent, or the kernel forbids it here';
    case 'bwrap':
      return runs('bwrap', ['--ro-bind', '/', '/', '--unshare-net', '/bin/true'])
        ? undefined
        : 'absent, or may not make namespaces here';
    case 'sandbox':
      return probeSandbox();
    case 'postgres':
      return probePostgres();
    case 'tmpfs':
      return isWritable('/dev/shm') ? undefined : 'no writable /dev/shm';
    default:
      return runs(component, ['--version']) || runs(component, ['-V']) ? undefined : 'not on PATH';
  }
}

/** What no package brings. */
function probePlatform(component: 'linux' | 'root' | 'root-home'): string | undefined {
  const { platform } = process;
  if (component === 'linux') return platform === 'linux' ? undefined : `this machine runs ${platform}`;
  if (component === 'root') return process.getuid?.() === 0 ? undefined : 'the tests run as another user';
  return existsSync('/root') ? undefined : 'no /root, which stands for the home of another user';
}

function probePostgres(): string | undefined {
  const programs = postgresPrograms();
  const isThere = programs !== undefined && runs(join(programs, 'postgres'), ['--version']);
  return isThere ? undefined : 'no server; Debian: postgresql';
}

/** What @anthropic-ai/sandbox-runtime stands on. */
function probeSandbox(): string | undefined {
  if (process.platform === 'darwin') return undefined;
  const parts: readonly Component[] = ['bwrap', 'socat', 'rg'];
  const lacking = parts.filter((part) => missingBecause(part) !== undefined);
  return lacking.length === 0 ? undefined : `lacks ${lacking.join(', ')}`;
}

function runs(file: string, args: readonly string[]): boolean {
  return spawnSync(file, args, { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

function isOnPath(file: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((directory) => isExecutable(join(directory, file)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
