/** A release names as its recovery nothing whose verdict somebody forged. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { needs } from '../../real/needs.ts';
import { addToTrust } from '../../support/composed-loop.ts';
import { forge } from '../../support/forge-event.ts';
import { newSigner } from '../../support/keys.ts';
import { realLoop } from '../../support/real-loop.ts';
import { signedBy } from '../../support/whole-life.ts';

const signTest = needs('ssh-keygen');
const mallory = newSigner('local-verifier');

signTest(
  '[CLI-18, KERNEL-26, L7] a recovery counts by the verifier’s own verdict, forged and disowned ones do not',
  async () => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    await loop.approve(id);
    expect((await loop.run('execute', id)).code).toBe(0);
    const effect = join(loop.root, 'argv.effect');
    rmSync(effect);
    expect((await loop.run('verify', id)).code).toBe(7);
    const change = ['--dir', loop.place, '--target', 'argv-target', '--intent', 'put it right', '--recovers', id];
    const check = ['--check', `{file: {path: "${effect}", expect: {contains: ran}}}`];
    const proposed = await loop.json(
      'propose',
      'argv',
      ...change,
      ...check,
      '--',
      'sh',
      '-c',
      `echo ran > '${effect}'`,
    );
    const recovery = String(proposed['id']);
    await loop.approve(recovery);
    expect((await loop.run('execute', recovery)).code).toBe(0);

    const body = signedBy<'verified'>(mallory, recovery, {
      type: 'verified',
      observations: [],
      verdict: { kind: 'confirmed', isAsBefore: false, findings: [] },
    });
    const [event] = await forge(
      loop.home,
      recovery,
      { actor: { kind: 'verifier', name: mallory.name, key: mallory.key }, body },
      { actor: { kind: 'control', name: 'control' }, body: { type: 'closed', mark: 'as-approved' } },
    );
    if (event === undefined) return expect.unreachable();
    const reconcile = (): Promise<Record<string, unknown>> =>
      loop.json('reconcile', id, '--note', 'put right', '--through', recovery, '--ssh-key', loop.key);
    const refused = {
      code: 'SIGNATURE_INVALID',
      where: recovery,
      why: `${recovery} put nothing right yet that anybody confirmed: its newest verdict does not hold`,
      next: `countersign verify ${recovery}`,
    };
    expect(await reconcile()).toMatchObject(refused);
    await addToTrust(loop, `disowned: [{entry: ${event.seq}, hash: '${event.hash}', why: forged}]\n`);
    expect(await reconcile()).toMatchObject(refused);
    expect((await loop.run('verify', recovery)).code).toBe(0);

    expect(await reconcile()).toMatchObject({ id, state: 'closed' });
    expect(await loop.show(id)).toMatchObject({ state: 'closed', verdict: 'refuted' });
  },
  240_000,
);
