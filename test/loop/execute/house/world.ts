/** What a test sees of the world, and temporary houses that clean up after themselves. */

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ExecutionParts } from '../../../../src/loop/execute/index.ts';
import { type House, openHouse } from './open-house.ts';

/** Makes a directory that is gone after the test. */
export function makeRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'countersign-execute-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

/** Opens a house that is closed after the test. */
export async function houseIn(
  root: string,
  change?: (parts: ExecutionParts) => Partial<ExecutionParts>,
): Promise<House> {
  const house = await openHouse(root, change);
  onTestFinished(async () => await house.close());
  return house;
}

/** How often the script of `EFFECT` began. */
export function effects(house: { readonly world: string }): readonly string[] {
  const path = join(house.world, 'effects');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
}

/** Has one effect, says so, and waits for the gate before it ends. */
export const EFFECT = `echo began >> "$WORLD/effects"
echo working
while [ ! -e "$WORLD/gate" ]; do sleep 0.02; done
echo finished
`;

/** Lets scripts of `EFFECT` end. */
export function openGate(house: { readonly world: string }): void {
  writeFileSync(join(house.world, 'gate'), '');
}

/** Waits for a condition, with a deadline. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs = 30_000,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new TypeError(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A runner in a process of its own. */
export type OtherRunner = {
  readonly pid: number;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null; readonly said: string }>;
  kill(signal: NodeJS.Signals): void;
};

/** Starts a runner in a process of its own; it dies at `step` if one is given. */
export function startRunner(root: string, proposal: string, step = '', drivers = 'scripts'): OtherRunner {
  const program = join(import.meta.dirname, '../fixtures/run-and-die.ts');
  const child = spawn(process.execPath, [program, root, proposal, step, drivers], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (piece: Buffer) => {
    said += piece.toString();
  });
  const ended = new Promise<{ code: number | null; signal: string | null; said: string }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, said: said.trim() }));
  });
  return { pid: child.pid ?? 0, ended, kill: (signal) => void child.kill(signal) };
}
