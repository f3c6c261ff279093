/** Whose memory of the trust file counts: an account that took over the control plane must not talk the others into anything. */

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { compose } from '../../src/compose.ts';
import type { SignedApproval } from '../../src/kernel/index.ts';
import { SILENT } from '../../src/loop/execute/index.ts';
import { needs } from '../real/needs.ts';
import { sealedOf, trustFileOf } from '../support/composed-loop.ts';
import { type RealLoop, realLoop } from '../support/real-loop.ts';
import { BEN } from '../support/trust-text.ts';

const trustTest = needs('ssh-keygen');

/** A stranger's trust file, and a control plane that is made to forget the one that it knew. */
function takeOver(loop: RealLoop): void {
  const text = readFileSync(trustFileOf(loop), 'utf8');
  writeFileSync(trustFileOf(loop), text.replace(readFileSync(`${loop.key}.pub`, 'utf8').trim(), BEN.line));
  rmSync(join(loop.home, 'trust-pin.json'));
}

trustTest(
  '[COMPOSE-01, EXECUTE-07, L15] a trust file that the control plane was made to believe is not the runner’s or the verifier’s',
  async () => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    const sealed = await sealedOf(loop, id);
    await loop.approve(id);
    const { signed } = await approvalOf(loop, id);
    takeOver(loop);

    const control = await compose(loop.environment).approving(() => undefined);
    expect(control.trust.approvers.map((one) => one.keys.length)).toEqual([1]);
    expect(control.checkApproval(signed)).toMatchObject({ kind: 'refused', code: 'KEY_NOT_REGISTERED' });

    const { authority, checkRecord } = await compose(loop.environment).executing(SILENT);
    const verifier = await compose(loop.environment).verifying();
    const asked = {
      'runner: accounts': () => authority.accountsOf(),
      'runner: approval': () => authority.checkApproval(signed),
      'runner: demand': () => authority.demand({ ...sealed, grantsUsed: {} }),
      'runner: record': () => checkRecord(),
      'verifier: mandated': () => verifier.trust.mandated(sealed.manifest),
      'verifier: approval': () => verifier.trust.knowsApproval(signed),
      'verifier: parties': () => verifier.trust.parties(),
    };
    for (const [name, ask] of Object.entries(asked)) {
      const answer = await ask().then(
        () => 'believed',
        (thrown: { readonly code?: unknown }) => thrown.code,
      );
      expect([name, answer]).toEqual([name, 'TRUST_UNSIGNED']);
    }
  },
  120_000,
);

trustTest(
  '[COMPOSE-01, L2] the verifier knows an approval by its signature, and no other',
  async () => {
    const loop = await realLoop();
    const id = await loop.propose('argv');
    await loop.approve(id);
    const { signed } = await approvalOf(loop, id);
    const { trust } = await compose(loop.environment).verifying();
    expect(await trust.knowsApproval(signed)).toBe(true);
    const prolonged = { ...signed, document: { ...signed.document, expiresAtMs: signed.document.expiresAtMs + 1 } };
    expect(await trust.knowsApproval(prolonged)).toBe(false);
    const { signature } = signed;
    expect(signature.kind).toBe('ssh');
    const byBen = { ...signed, signature: { ...signature, armored: BEN.sign(JSON.stringify(signed.document)) } };
    expect(await trust.knowsApproval(byBen)).toBe(false);
  },
  120_000,
);

async function approvalOf(loop: RealLoop, id: string): Promise<{ readonly signed: SignedApproval }> {
  const { journal } = await compose(loop.environment).reading();
  const { state } = await journal.standing(id);
  const [approval] = state.kind === 'approved' ? state.approvals : [];
  if (approval === undefined) throw new Error('nobody approved it');
  return { signed: { document: approval.document, signature: approval.signature } };
}
