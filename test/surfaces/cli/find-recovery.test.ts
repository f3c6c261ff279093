/** A release names as its recovery nothing whose verdict somebody forged. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { compose } from '../../../src/compose.ts';
import { findRecovery } from '../../../src/surfaces/cli/find-recovery.ts';
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
    const reconcile = (through: string = recovery): Promise<Record<string, unknown>> =>
      loop.json('reconcile', id, '--note', 'put right', '--through', through, '--ssh-key', loop.key);
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

    // The beginning of an id names it here as everywhere, and nothing is named by what begins no id.
    const short = recovery.slice(0, 8);
    expect(await reconcile('p-zzzz')).toMatchObject({ schema: 'countersign.failure/1', code: 'NOT_FOUND' });
    expect(await reconcile(short)).toMatchObject({ id, state: 'closed' });
    expect((await loop.show(id)).events).toContainEqual(
      expect.objectContaining({ type: 'reconciled', through: recovery }),
    );
    expect(await loop.show(id)).toMatchObject({ state: 'closed', verdict: 'refuted' });
  },
  240_000,
);

signTest(
  '[CLI-18, KERNEL-26, L6] a recovery whose outcome somebody forged put nothing right, and where signatures can not be checked nobody can tell',
  async () => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    await loop.approve(id);
    expect((await loop.run('execute', id)).code).toBe(0);
    rmSync(join(loop.root, 'argv.effect'));
    expect((await loop.run('verify', id)).code).toBe(7);
    const line = ['--dir', loop.place, '--target', 'argv-target', '--intent', 'put it right', '--recovers'];
    // The beginning of an id is enough to say what is recovered; the whole id is sealed.
    const recovery = String((await loop.json('propose', 'argv', ...line, id.slice(0, 8), '--', 'true'))['id']);
    expect(await loop.json('show', recovery)).toMatchObject({ state: 'open', recovers: id });
    expect(await loop.json('propose', 'argv', ...line, 'p-zzzz', '--', 'true')).toMatchObject({
      schema: 'countersign.refusal/1',
      why: 'there is no proposal p-zzzz',
    });
    await loop.approve(recovery);
    const reconcile = (): Promise<Record<string, unknown>> =>
      loop.json('reconcile', id, '--note', 'put right', '--through', recovery, '--ssh-key', loop.key);
    const refused = { schema: 'countersign.refusal/1', code: 'SIGNATURE_INVALID', where: recovery };
    const begins = `${recovery} put nothing right yet that anybody confirmed: `;

    const actor = { kind: 'runner', name: mallory.name, key: mallory.key } as const;
    await forge(
      loop.home,
      recovery,
      { actor, body: { type: 'claimed', runner: mallory.name, claim: 'c', account: 'root' } },
      { actor, body: signedBy<'started'>(mallory, recovery, { type: 'started', nonces: [] }) },
      {
        actor,
        body: signedBy<'executed'>(mallory, recovery, {
          type: 'executed',
          outcome: { kind: 'completed', because: [], resources: [], end: { kind: 'exited', code: 0 }, evidence: [] },
        }),
      },
    );
    expect(await reconcile()).toMatchObject({
      ...refused,
      why: `${begins}its outcome does not hold`,
      next: `countersign show ${recovery} names the entry`,
    });

    const countersign = compose(loop.environment);
    const reading = await countersign.reading();
    const blind = { ...reading, trust: async () => ({ kind: 'unchecked', why: 'it is gone' }) as const };
    const context = { countersign: { ...countersign, reading: async () => blind } };
    expect(await findRecovery(context, reading.projections, recovery)).toMatchObject({
      code: 'SIGNATURE_INVALID',
      where: recovery,
      why: `${begins}its signatures could not be checked: it is gone`,
      next: 'countersign trust check',
    });
    expect((await loop.show(id)).state).toBe('held');
  },
  240_000,
);
