/** The tool itself is killed, or the runner and the tool together, in the middle of the effect. */

import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import { DRIVERS, type LoopDriver, type RealLoop, realLoop } from '../../support/real-loop.ts';
import { isAlive, markedLeader, parentOf } from '../../support/running-tool.ts';
import { needs } from '../needs.ts';

const DEADLINE_MS = 40_000;

for (const driver of DRIVERS) {
  const killTest = driver === 'terraform' ? needs('terraform', 'ssh-keygen') : needs('ssh-keygen');

  killTest(
    `[CLI-12, L5, L6] ${driver}: the tool is killed in the middle, and nobody calls that an end`,
    async () => {
      const loop = await realLoop();
      const id = await loop.propose(driver, { hold: true });
      await loop.approve(id);
      const letGo = holdEffect(loop, driver);
      const running = loop.start('execute', id);
      const tool = await toolOf(loop, driver);
      process.kill(tool, 'SIGKILL');
      letGo();
      const ran = await running;
      expect(ran.code).toBe(5);
      expect((await loop.show(id)).outcome).toBe('indeterminate');
      await provenHeld(loop, id, driver);
    },
    120_000,
  );

  killTest(
    `[CLI-12, L5, L6] ${driver}: runner and tool are killed together; the next start says so and holds the target`,
    async () => {
      const loop = await realLoop();
      const id = await loop.propose(driver, { hold: true });
      await loop.approve(id);
      const letGo = holdEffect(loop, driver);
      const running = loop.start('execute', id);
      const tool = await toolOf(loop, driver);
      process.kill(parentOf(tool), 'SIGKILL');
      process.kill(tool, 'SIGKILL');
      letGo();
      expect((await running).code).toBeNull();
      const next = await loop.run('execute', id);
      expect(next.code).not.toBe(0);
      expect((await loop.show(id)).outcome).toBe('indeterminate');
      await provenHeld(loop, id, driver);
    },
    120_000,
  );

  killTest(
    `[CLI-12, L5] ${driver}: the runner is killed, the tool lives on; it is asked to stop and never joined`,
    async () => {
      const loop = await realLoop();
      const id = await loop.propose(driver, { hold: true });
      await loop.approve(id);
      const letGo = holdEffect(loop, driver);
      const running = loop.start('execute', id);
      const tool = await toolOf(loop, driver);
      process.kill(parentOf(tool), 'SIGKILL');
      expect((await running).code).toBeNull();
      const next = loop.start('execute', id);
      await until(() => (isAlive(tool) ? undefined : true));
      letGo();
      await next;
      expect((await loop.show(id)).outcome).toBe('indeterminate');
      await provenHeld(loop, id, driver);
    },
    120_000,
  );
}

async function provenHeld(loop: RealLoop, id: string, driver: LoopDriver): Promise<void> {
  expect(loop.effects(driver)).toBeLessThanOrEqual(driver === 'sqlite' ? 0 : 1);
  const effects = loop.effects(driver);
  expect((await loop.run('execute', id)).code).toBe(1);
  expect(loop.effects(driver)).toBe(effects);
  await loop.run('verify', id);
  const { state, verdict } = await loop.show(id);
  if (state !== 'held') expect([state, verdict]).toEqual(['closed', 'confirmed']);
  if (effects === 0) expect(state).toBe('held');
  expect((await loop.run('record', 'verify')).code).toBe(0);
}

/** Keeps the effect from coming to its end. @returns lets it come there */
function holdEffect(loop: RealLoop, driver: LoopDriver): () => void {
  if (driver !== 'sqlite') return () => writeFileSync(join(loop.root, 'go'), '');
  // Whoever reads keeps a commit waiting: every statement of the migration has run then, and nothing of it is in the file.
  const reader = new DatabaseSync(databaseOf(loop), { readOnly: true });
  reader.exec('begin');
  reader.prepare('select count(*) from orders').get();
  return () => reader.close();
}

function databaseOf(loop: RealLoop): string {
  return join(loop.root, 'sqlite-place', 'shop.db');
}

/** Whether somebody waits at the commit: they hold the lock on SQLite's pending byte, and readers keep them from the next one. */
function isCommitting(database: string): boolean {
  const lock = new RegExp(` WRITE \\d+ [0-9a-f:]+:${statSync(database).ino} ${0x40000000} `);
  return lock.test(readFileSync('/proc/locks', 'utf8'));
}

/** The leader of the execution: the one process with our mark whose parent has none. */
async function toolOf(loop: RealLoop, driver: LoopDriver): Promise<number> {
  const isBusy = (): boolean =>
    driver === 'sqlite' ? isCommitting(databaseOf(loop)) : existsSync(join(loop.root, 'began'));
  return await until(() => (isBusy() ? markedLeader(loop.root) : undefined));
}

async function until<T>(look: () => T | undefined): Promise<T> {
  const deadlineMs = Date.now() + DEADLINE_MS;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (Date.now() > deadlineMs) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
