/** What lies in a repository tightens, for whoever plans there and for whoever executes. */

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { needs } from '../real/needs.ts';
import { type RealLoop, realLoop } from '../support/real-loop.ts';

const policyTest = needs('ssh-keygen');

function rulesAt(directory: string, rule: string): string {
  const file = join(directory, 'countersign.yaml');
  writeFileSync(file, `schema: countersign.repository/1\npolicy:\n  - ${rule}\n`);
  return file;
}

const REFUSES = '{name: frozen, refuse: nothing is changed from here today}';

async function propose(loop: RealLoop, directory: string, script: string): Promise<Record<string, unknown>> {
  return await loop.json(
    ...['propose', 'argv', '--dir', directory, '--target', 'web', '--intent', 'a change'],
    ...['--', 'sh', '-c', script],
  );
}

policyTest(
  '[COMPOSE-03, APPROVE-12, L15] the planner asks the rules of the repository, up to its root and no further',
  async () => {
    const loop = await realLoop();
    const repository = join(loop.place, 'repository');
    const deep = join(repository, 'deep');
    mkdirSync(deep, { recursive: true });
    rulesAt(loop.place, REFUSES);
    expect(await propose(loop, deep, 'true')).toMatchObject({ kind: 'forbidden' });
    mkdirSync(join(repository, '.git'));
    expect(await propose(loop, deep, 'exit 0')).toMatchObject({ kind: 'open' });
    const file = rulesAt(repository, REFUSES);
    expect(await propose(loop, deep, 'exit 0 0')).toMatchObject({
      kind: 'forbidden',
      because: [{ rule: 'frozen', where: `${file}:3:6`, demand: 'nothing is changed from here today' }],
    });
  },
  120_000,
);

policyTest(
  '[COMPOSE-03, APPROVE-12, L15] the runner reads them again: what came after the approval stops it, and nothing runs',
  async () => {
    const loop = await realLoop();
    const effect = join(loop.root, 'effect');
    const { id } = await propose(loop, loop.place, `touch '${effect}'`);
    await loop.approve(String(id));
    for (const rule of [REFUSES, '{name: two, demand: {approvals: 2}}']) {
      const file = rulesAt(loop.place, rule);
      const ran = await loop.run('execute', String(id), '--json');
      expect([ran.code, JSON.parse(ran.stdout).code]).toEqual([1, 'POLICY']);
      rmSync(file);
    }
    expect(existsSync(effect)).toBe(false);
    expect((await loop.run('execute', String(id))).code).toBe(0);
    expect(existsSync(effect)).toBe(true);
  },
  120_000,
);
