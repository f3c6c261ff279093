/** What closed by words that an approver disowned can be recovered: the planner learns of it by its own view of the trust file. */

import { expect } from 'vitest';
import { compose } from '../../src/compose.ts';
import { needs } from '../real/needs.ts';
import { addToTrust } from '../support/composed-loop.ts';
import { forge } from '../support/forge-event.ts';
import { newSigner } from '../support/keys.ts';
import { type RealLoop, realLoop } from '../support/real-loop.ts';
import { signedBy } from '../support/whole-life.ts';

/** Closes an executed proposal by a verdict that nobody gave. */
async function closeByForgery(loop: RealLoop, id: string) {
  const mallory = newSigner('local-verifier');
  const verified = signedBy<'verified'>(mallory, id, {
    type: 'verified',
    observations: [],
    verdict: { kind: 'confirmed', isAsBefore: false, findings: [] },
  });
  const [event] = await forge(
    loop.home,
    id,
    { actor: { kind: 'verifier', name: mallory.name, key: mallory.key }, body: verified },
    { actor: { kind: 'control', name: 'control' }, body: { type: 'closed', mark: 'as-approved' } },
  );
  return event ?? expect.unreachable();
}

async function released(loop: RealLoop, target: string, place?: string): Promise<readonly string[]> {
  const { parts } = await compose(loop.environment).proposing();
  return await parts.disownedReleases(target, place);
}

needs('ssh-keygen')(
  '[COMPOSE-01, KERNEL-29, RECORD-26, APPROVE-32] the planner finds what disowned words freed, by target and by place, and lets it be recovered',
  async () => {
    const loop = await realLoop();
    const id = await loop.propose('sqlite');
    await loop.approve(id);
    expect((await loop.run('execute', id)).code).toBe(0);
    const forged = await closeByForgery(loop, id);
    const { state } = await (await compose(loop.environment).reading()).journal.standing(id);
    if (state.kind !== 'closed' || state.place === undefined) return expect.unreachable();
    const recover = async () =>
      await loop.json(
        ...['propose', 'argv', '--dir', loop.place, '--target', state.target, '--intent', 'put it right'],
        ...['--recovers', id, '--', 'sh', '-c', 'exit 0'],
      );
    // Nobody disowned it yet: as far as anybody says, it was verified.
    expect(await released(loop, state.target, state.place)).toEqual([]);
    expect(await recover()).toMatchObject({ code: 'NOT_LEGAL_NOW', where: '--recovers' });

    await addToTrust(loop, `\ndisowned:\n  - entry: ${forged.seq}\n    hash: '${forged.hash}'\n    why: forged\n`);
    expect(await released(loop, state.target)).toEqual([id]);
    expect(await released(loop, state.target, 'f'.repeat(64))).toEqual([id]);
    expect(await released(loop, 'another name', state.place)).toEqual([id]);
    expect(await released(loop, 'another name', 'f'.repeat(64))).toEqual([]);
    expect(await released(loop, 'another name')).toEqual([]);
    expect(await recover()).toMatchObject({ kind: 'open' });
  },
  240_000,
);
