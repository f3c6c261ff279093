/** Standing grants through planner and runner: what nobody signed beforehand, or what is used up, is no approval. */

import { chmodSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { compose } from '../../src/compose.ts';
import type { Requirement } from '../../src/kernel/index.ts';
import { SILENT } from '../../src/loop/execute/index.ts';
import { needs } from '../real/needs.ts';
import { type Sealed, sealedOf, signTrust, trustAnew, trustFileOf } from '../support/composed-loop.ts';
import { type RealLoop, realLoop } from '../support/real-loop.ts';

const grantTest = needs('ssh-keygen');

/** A sandbox at the loop's empty directory, and a grant for a program with one argument in it. */
function granting(loop: RealLoop): string {
  return `${readFileSync(trustFileOf(loop), 'utf8')}
targets: {box: {driver: argv, bind: {argv.directory: ${loop.place}}}}
environments: {sandbox: {where: [{argv.directory: ${loop.place}}]}}
grants: [{name: echoes, target: box, driver: argv, argv: ['*'], expires: 2999-01-01, uses: 1, by: ann}]
`;
}

async function propose(loop: RealLoop, word: string): Promise<{ readonly id: string; readonly state: string }> {
  const answer = await loop.json(
    ...['propose', 'argv', '--dir', loop.place, '--target', 'box', '--intent', word],
    ...['--', 'echo', word],
  );
  return { id: String(answer['id']), state: String(answer['state']) };
}

async function demanded(
  loop: RealLoop,
  sealed: Sealed,
  grantsUsed: Readonly<Record<string, number>> = {},
): Promise<Pick<Requirement, 'approvals' | 'grant'>> {
  const { authority } = await compose(loop.environment).executing(SILENT);
  const demand = await authority.demand({ ...sealed, grantsUsed });
  if (demand.kind === 'refused') throw new Error(demand.why);
  return { approvals: demand.requirement.approvals, grant: demand.requirement.grant };
}

grantTest(
  '[COMPOSE-02, APPROVE-09, L1] a grant counts from a signed trust file only, for planner and runner',
  async () => {
    const loop = await realLoop();
    trustAnew(loop, granting(loop));
    const unsigned = await propose(loop, 'one');
    expect(unsigned.state).toBe('open');
    const sealed = await sealedOf(loop, unsigned.id);
    expect(await demanded(loop, sealed)).toEqual({ approvals: 1, grant: undefined });
    await signTrust(loop);
    expect(await demanded(loop, sealed)).toEqual({ approvals: 0, grant: 'echoes' });
    expect((await propose(loop, 'two')).state).toBe('approved');
  },
  120_000,
);

grantTest(
  '[COMPOSE-02, APPROVE-09, L1] a used-up grant approves nothing more, and the runner counts for itself',
  async () => {
    const loop = await realLoop();
    trustAnew(loop, granting(loop));
    await signTrust(loop);
    const first = await propose(loop, 'one');
    expect(first.state).toBe('approved');
    const second = await propose(loop, 'two');
    expect(second.state).toBe('open');
    const sealed = await sealedOf(loop, first.id);
    expect(await demanded(loop, sealed)).toEqual({ approvals: 0, grant: 'echoes' });
    const { manifest } = sealed;
    // Had another control plane let the grant approve the second one too, the runner would still count the first.
    const other = { ...sealed, manifest: { ...manifest, proposal: second.id } };
    expect(await demanded(loop, other)).toEqual({ approvals: 1, grant: undefined });
    expect((await loop.run('execute', first.id)).code).toBe(0);
    expect(await demanded(loop, other)).toEqual({ approvals: 1, grant: undefined });
    expect((await propose(loop, 'three')).state).toBe('open');
  },
  120_000,
);

grantTest(
  '[COMPOSE-02, EXECUTE-23, L1] what the ledger counted counts, whatever the record says; and the other way round',
  async () => {
    const loop = await realLoop();
    trustAnew(loop, granting(loop));
    await signTrust(loop);
    const first = await propose(loop, 'one');
    const sealed = await sealedOf(loop, first.id);
    const granted = { approvals: 0, grant: 'echoes' };
    const asked = { approvals: 1, grant: undefined };
    expect(await demanded(loop, sealed, { other: 5 })).toEqual(granted);
    expect(await demanded(loop, sealed, { echoes: 1 })).toEqual(asked);
    const { manifest } = sealed;
    expect(await demanded(loop, { ...sealed, manifest: { ...manifest, proposal: 'p-other' } }, { echoes: 0 })).toEqual(
      asked,
    );
  },
  120_000,
);

grantTest(
  '[EXECUTE-23, L1, L5] a record that was restored to before the use of a grant brings no use back',
  async () => {
    const loop = await realLoop();
    trustAnew(loop, granting(loop).replace("argv: ['*']", "argv: ['**']"));
    await signTrust(loop);
    const before = join(loop.root, 'before');
    cpSync(loop.home, before, { recursive: true });
    const touch = async (word: string): Promise<string> => {
      const target = ['--dir', loop.place, '--target', 'box', '--intent', word];
      const answer = await loop.json('propose', 'argv', ...target, '--', 'touch', join(loop.root, word));
      expect(answer['state']).toBe('approved');
      return String(answer['id']);
    };
    expect((await loop.run('execute', await touch('one'))).code).toBe(0);
    expect(existsSync(join(loop.root, 'one'))).toBe(true);
    rmSync(loop.home, { recursive: true });
    cpSync(before, loop.home, { recursive: true });
    // Even where the runner has lost all that it remembered of the record.
    for (const name of [
      'record-head.json',
      'record-memory.sqlite',
      'record-memory.sqlite-wal',
      'record-memory.sqlite-shm',
    ]) {
      rmSync(join(`${loop.home}-runner`, name), { force: true });
    }
    const second = await touch('two');
    const ran = await loop.run('execute', second, '--json');
    expect([ran.code, JSON.parse(ran.stdout)]).toMatchObject([
      3,
      { code: 'QUORUM', why: "0 of 1 approvals count by this runner's trust file" },
    ]);
    expect(existsSync(join(loop.root, 'two'))).toBe(false);
  },
  120_000,
);

grantTest(
  '[EXECUTE-24, L1, L13] under a grant the composed runner runs no program that anybody could have put there',
  async () => {
    const loop = await realLoop();
    trustAnew(loop, granting(loop).replace("argv: ['*']", "argv: ['**']"));
    await signTrust(loop);
    const tool = join(loop.root, 'tool');
    writeFileSync(tool, '#!/bin/sh\ntouch "$1"\n');
    chmodSync(tool, 0o777);
    const change = ['--dir', loop.place, '--target', 'box', '--intent', 'try', '--', tool, join(loop.root, 'made')];
    const answer = await loop.json('propose', 'argv', ...change);
    expect(answer['state']).toBe('approved');
    const ran = await loop.run('execute', String(answer['id']), '--json');
    expect([ran.code, JSON.parse(ran.stdout)]).toMatchObject([1, { code: 'POLICY', what: `the program ${tool}` }]);
    expect(JSON.parse(ran.stdout).why).toContain("it rests on the standing grant echoes and on no person's look");
    expect(existsSync(join(loop.root, 'made'))).toBe(false);
    expect(await loop.show(String(answer['id']))).toMatchObject({ state: 'approved' });
  },
  120_000,
);
