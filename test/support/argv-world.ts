/** A directory to propose commands from, the driver over the real machine, and runs of what it sealed. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openMachine } from '../../src/adapters/index.ts';
import type { Manifest } from '../../src/kernel/index.ts';
import {
  argvDriver,
  type Driver,
  type OpenedBundle,
  type PlanAnswer,
  type PlanRequest,
} from '../../src/tools/index.ts';

const machine = openMachine();

/** A plan that worked. */
export type Planned = Extract<PlanAnswer, { readonly kind: 'planned' }>;

export type ArgvWorld = {
  /** Where the command is proposed from; absolute and link-free. */
  readonly directory: string;
  /** Beside it: the world. */
  readonly outside: string;
  /** First on the search path of planner and runner. */
  readonly tools: string;
  readonly driver: Driver;
  write(path: string, content: string, mode?: number): void;
  plan(argv: readonly string[], more?: Partial<PlanRequest>): Promise<PlanAnswer>;
  /** Plans what must be plannable, and opens its bundle as a runner does. */
  bundle(argv: readonly string[], more?: Partial<PlanRequest>): Promise<OpenedBundle & { readonly planned: Planned }>;
  close(): void;
};

export function openArgvWorld(): ArgvWorld {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-argv-')));
  const [directory, outside, tools] = [join(root, 'work'), join(root, 'world'), join(root, 'tools')];
  mkdirSync(tools);
  mkdirSync(directory);
  mkdirSync(outside);
  const driver = argvDriver({
    ...machine,
    host: 'test-host',
    sandboxed: machine.processes,
    searchPath: `${tools}:/usr/bin:/bin`,
  });
  const request = (argv: readonly string[], more: Partial<PlanRequest>): PlanRequest => ({
    proposal: 'p-0123456789',
    directory,
    argv,
    environment: { PATH: '/usr/bin:/bin' },
    secretVariables: [],
    scratch: mkdtempSync(join(root, 'scratch-')),
    ...more,
  });
  return {
    directory,
    outside,
    tools,
    driver,
    write: (path, content, mode = 0o644) => {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), content, { mode });
    },
    plan: (argv, more = {}) => driver.plan(request(argv, more)),
    bundle: async (argv, more = {}) => {
      const asked = request(argv, more);
      const planned = await driver.plan(asked);
      if (planned.kind !== 'planned') throw new TypeError(`unplannable: ${planned.why}`);
      return { ...opened(root, asked, planned), planned };
    },
    close: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Materialises and runs a bundle to its end. */
export async function runBundle(
  driver: Driver,
  bundle: OpenedBundle,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  await driver.materialise(bundle);
  const { file, args, directory, environment, stdin } = driver.command(bundle);
  const result = spawnSync(file, [...args], { cwd: directory, env: { ...environment }, input: stdin });
  return {
    code: result.status,
    stdout: result.stdout?.toString() ?? '',
    stderr: String(result.error ?? result.stderr),
  };
}

function opened(root: string, request: PlanRequest, planned: Planned): OpenedBundle {
  const secrets = Object.fromEntries(request.secretVariables.map((name) => [name, request.environment[name] ?? '']));
  const blobs = new Map(planned.blobs.map(({ name, content }) => [name, content]));
  if (request.secretVariables.length > 0) blobs.set('environment', Buffer.from(JSON.stringify(secrets)));
  const manifest: Manifest = {
    schema: 'countersign.bundle/1',
    proposal: request.proposal,
    target: 'web',
    environment: 'sandbox',
    driver: 'argv',
    intent: 'a test',
    proposer: { kind: 'person', name: 'ann' },
    tool: planned.tool,
    argv: planned.argv,
    directory: request.directory,
    environmentVariables: planned.environmentVariables,
    secretVariables: request.secretVariables,
    facts: planned.facts,
    checks: planned.checks,
    runner: { name: 'runner', key: 'none', account: 'none' },
    blobs: [],
    previewDigest: '0'.repeat(64),
    sealedAtMs: 0,
  };
  return { manifest, blobs, runDirectory: mkdtempSync(join(root, 'run-')) };
}
