/** Standing grants through planner and runner: what nobody signed beforehand, or what is used up, is no approval. */

import { readFileSync } from 'node:fs';
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

async function demanded(loop: RealLoop, sealed: Sealed): Promise<Pick<Requirement, 'approvals' | 'grant'>> {
  const { authority } = await compose(loop.environment).executing(SILENT);
  const demand = await authority.demand(sealed);
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
