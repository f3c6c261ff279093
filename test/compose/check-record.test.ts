/** The record against the head that each home remembers: for the verifier as for the runner, before anything is done with it. */

import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { compose } from '../../src/compose.ts';
import { executeApproved, SILENT } from '../../src/loop/execute/index.ts';
import { lookAt, verifyExecution } from '../../src/loop/verify/index.ts';
import { needs } from '../real/needs.ts';
import { tamper } from '../support/forgery.ts';
import { type RealLoop, realLoop } from '../support/real-loop.ts';

const recordTest = needs('ssh-keygen');

const NEVER = new AbortController().signal;

/** Everything that the two do with a record, as their own processes would. */
const DOINGS = {
  'runner executes': async (loop: RealLoop, id: string) =>
    await executeApproved(await compose(loop.environment).executing(SILENT), id, NEVER),
  'verifier looks': async (loop: RealLoop, id: string) => await lookAt(await compose(loop.environment).verifying(), id),
  'verifier verifies': async (loop: RealLoop, id: string) =>
    await verifyExecution(await compose(loop.environment).verifying(), id),
} as const;

async function codeOf(doing: Promise<unknown>): Promise<unknown> {
  return await doing.then(
    (answer) => answer,
    (thrown: { readonly code?: unknown }) => thrown.code,
  );
}

for (const [name, doing] of Object.entries(DOINGS)) {
  const home = name.startsWith('runner') ? 'runner' : 'verifier';
  recordTest(
    `[COMPOSE-06, L10, RECORD-14] ${name}: not on a record that was rolled back behind its own head`,
    async () => {
      const loop = await realLoop();
      const id = await loop.propose('argv');
      await loop.approve(id);
      const backup = join(loop.root, 'backup');
      cpSync(loop.home, backup, { recursive: true });
      await (await compose(loop.environment)[home === 'runner' ? 'executing' : 'verifying'](SILENT)).checkRecord();
      await loop.run('comment', id, '--text', 'one more entry');
      const parts = await compose(loop.environment)[home === 'runner' ? 'executing' : 'verifying'](SILENT);
      await parts.checkRecord();
      rmSync(loop.home, { recursive: true });
      cpSync(backup, loop.home, { recursive: true });
      expect(await codeOf(doing(loop, id))).toBe('RECORD_ROLLED_BACK');
      // It is this home's memory that counts, and no other.
      const other = home === 'runner' ? 'verifier' : 'runner';
      rmSync(join(`${loop.home}-${other}`, 'record-head.json'), { force: true });
      expect(await codeOf(doing(loop, id))).toBe('RECORD_ROLLED_BACK');
      expect(existsSync(join(`${loop.home}-${home}`, 'record-head.json'))).toBe(true);
      expect(loop.effects('argv')).toBe(0);
    },
    120_000,
  );

  recordTest(
    `[COMPOSE-06, L10, RECORD-10] ${name}: not on a record whose past was changed`,
    async () => {
      const loop = await realLoop();
      const id = await loop.propose('argv');
      await loop.approve(id);
      tamper(
        join(loop.home, 'record.sqlite'),
        "update events set body = replace(body, 'one argv effect', 'another thing') where seq = 1",
      );
      rmSync(join(`${loop.home}-${home}`, 'record-head.json'), { force: true });
      expect(await codeOf(doing(loop, id))).toBe('RECORD_BROKEN');
      expect(loop.effects('argv')).toBe(0);
    },
    120_000,
  );
}
