import { rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { isFailure } from '../../../../src/kernel/index.ts';
import { acceptTrust, type PinnedTrust, policyOf, type TrustPin } from '../../../../src/loop/approve/index.ts';
import { needs } from '../../../real/needs.ts';
import { PLACES, question } from '../../../support/policy-questions.ts';
import { keyDirectory, realKey } from '../../../support/real-ssh-keys.ts';
import { type SoftKey, softEd25519, softSkEd25519 } from '../../../support/soft-ssh-keys.ts';
import { ANN, BEN, CYD, trustText } from '../../../support/trust-text.ts';

const directory = keyDirectory();
afterAll(() => rmSync(directory, { recursive: true, force: true }));

type Memory = TrustPin & { readonly held: () => PinnedTrust | undefined };

/** A pin in memory. */
function memory(first?: string, signatureArmored?: string): Memory {
  let held: PinnedTrust | undefined = first === undefined ? undefined : { bytes: Buffer.from(first), signatureArmored };
  return {
    recall: async () => held,
    pin: async (trust) => {
      held = trust;
    },
    held: () => held,
  };
}

const signedBy = (key: SoftKey, text: string, namespace = 'countersign-trust'): string => key.sign(text, { namespace });

/** What becomes of a trust file: how it was accepted, or why not. */
async function said(text: string, pin: Memory, signatureArmored?: string): Promise<string> {
  const before = pin.held();
  try {
    const presented = { bytes: Buffer.from(text), signatureArmored, file: 'trust.yaml', pin };
    const { isSigned, isFirstUse, trust } = await acceptTrust(presented);
    expect(Buffer.from(pin.held()?.bytes ?? []).toString()).toBe(text);
    return `v${trust.version}${isSigned ? ' signed' : ''}${isFirstUse ? ' first' : ''}`;
  } catch (thrown) {
    if (!isFailure(thrown)) throw thrown;
    expect(pin.held()).toBe(before);
    return `${thrown.code} ${thrown.where}: ${thrown.message} | ${thrown.hint}`;
  }
}

const ONE = trustText();
const TWO = trustText('', 2);

test('[APPROVE-08, L15] the first trust file is trusted on first use, and pinned', async () => {
  const pin = memory();
  expect(await said(ONE, pin)).toBe('v1 first');
  expect(pin.held()).toEqual({ bytes: Buffer.from(ONE), signatureArmored: undefined });
  expect(await said(ONE, pin)).toBe('v1');
});

test('[APPROVE-08, L15] a changed trust file needs a signature of an approver of the pinned one', async () => {
  const hint = 'one of ann, ben, cyd must sign it: `countersign trust sign`';
  expect(await said(TWO, memory(ONE))).toBe(
    `TRUST_UNSIGNED trust.yaml: the trust file was changed, and it has no signature | ${hint}`,
  );
  expect(await said(TWO, memory(ONE), signedBy(BEN, TWO))).toBe('v2 signed');
  expect(await said(TWO, memory(ONE), signedBy(softEd25519(), TWO))).toBe(
    `TRUST_UNSIGNED trust.yaml: the trust file was changed, and its signature is of somebody who was no approver before | ${hint}`,
  );
  expect(await said(TWO, memory(ONE), signedBy(ANN, ONE))).toBe(
    `TRUST_UNSIGNED trust.yaml: the trust file was changed, and its signature is not true: it does not fit the key and the text | ${hint}`,
  );
  expect(await said(TWO, memory(ONE), signedBy(ANN, TWO, 'countersign'))).toBe(
    `TRUST_UNSIGNED trust.yaml: the trust file was changed, and its signature is for "countersign" and not for "countersign-trust" | ${hint}`,
  );
  expect(await said(TWO, memory(ONE), 'x')).toMatch(
    /^TRUST_UNSIGNED trust.yaml: the trust file was changed, and its signature can't be read: it does not stand between/,
  );
});

test('[APPROVE-08, L1] nobody signs themself in: only an approver of the pinned file counts', async () => {
  const mallory = softEd25519('mallory');
  const taken = TWO.replace(CYD.line, mallory.line);
  expect(await said(taken, memory(ONE), signedBy(mallory, taken))).toMatch(
    /^TRUST_UNSIGNED .* somebody who was no approver before/,
  );
  expect(await said(taken, memory(ONE), signedBy(CYD, taken))).toBe('v2 signed');
  const pin = memory(ONE);
  expect(await said(taken, pin, signedBy(ANN, taken))).toBe('v2 signed');
  const third = trustText('', 3);
  expect(await said(third, pin, signedBy(CYD, third))).toMatch(
    /^TRUST_UNSIGNED .* somebody who was no approver before/,
  );
});

test('[APPROVE-08, L15] an older version is not accepted again, however well it is signed', async () => {
  const pin = memory(ONE);
  expect(await said(TWO, pin, signedBy(ANN, TWO))).toBe('v2 signed');
  const hint = 'if the change is meant, give it `version: 3` and sign it again';
  expect(await said(ONE, pin, signedBy(ANN, ONE))).toBe(
    `TRUST_ROLLED_BACK trust.yaml: the trust file has version 1, and 2 was accepted before | ${hint}`,
  );
  const same = trustText('defaults: {openFor: 2h}\n', 2);
  expect(await said(same, pin, signedBy(ANN, same))).toBe(
    `TRUST_ROLLED_BACK trust.yaml: the trust file has version 2, and 2 was accepted before | ${hint}`,
  );
  expect(await said(ONE, pin)).toMatch(/^TRUST_UNSIGNED/);
  expect(await said(TWO, pin)).toBe('v2 signed');
});

test('[APPROVE-08, APPROVE-09] a file that was trusted on first use becomes a signed one by a signature of its own approver', async () => {
  const pin = memory();
  expect(await said(ONE, pin)).toBe('v1 first');
  expect(await said(ONE, pin, signedBy(softEd25519(), ONE))).toBe('v1');
  expect(await said(ONE, pin, 'x')).toBe('v1');
  expect(await said(ONE, pin)).toBe('v1');
  expect(await said(ONE, pin, signedBy(CYD, ONE))).toBe('v1 signed');
  expect(await said(ONE, pin)).toBe('v1 signed');
});

test('[APPROVE-08] a first file may come signed, but not with a signature that is not true', async () => {
  expect(await said(ONE, memory(), signedBy(ANN, ONE))).toBe('v1 signed first');
  expect(await said(ONE, memory(), signedBy(ANN, TWO))).toMatch(/^TRUST_UNSIGNED .* its signature is not true/);
  const sk = softSkEd25519();
  const hardware = ONE.replace(ANN.line, sk.line);
  expect(await said(hardware, memory(), sk.sign(hardware, { namespace: 'countersign-trust', flags: 4 }))).toMatch(
    /its signature is not true: the security key signed without a touch/,
  );
});

test('[APPROVE-01, APPROVE-08] what can not be read is neither accepted nor pinned', async () => {
  expect(await said('x: 1\n', memory())).toMatch(/^CONFIG_INVALID trust.yaml:1:1: /);
  expect(await said('x: 1\n', memory(ONE), signedBy(ANN, 'x: 1\n'))).toMatch(/^CONFIG_INVALID /);
  const presented = {
    bytes: Buffer.from([0x61, 0xff]),
    signatureArmored: undefined,
    file: 'trust.yaml',
    pin: memory(),
  };
  await expect(acceptTrust(presented)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: 'it is not UTF-8',
    where: 'trust.yaml',
    hint: 'save it as UTF-8',
  });
});

test('[APPROVE-09, L1] an unsigned first file gives no grants, the signed one does', async () => {
  const grant = 'grants: [{name: g, target: box, driver: sqlite, expires: 2030-01-01, by: ann}]\n';
  const text = trustText(`${PLACES}${grant}`);
  const pin = memory();
  const granted = async (signatureArmored?: string): Promise<unknown> => {
    const accepted = await acceptTrust({ bytes: Buffer.from(text), signatureArmored, file: 'trust.yaml', pin });
    const answer = policyOf(accepted.trust, accepted).admit(question());
    return answer.kind === 'admitted' ? answer.requirement.grant : 'refused';
  };
  expect(await granted()).toBe(undefined);
  expect(await granted(signedBy(ANN, text))).toBe('g');
});

needs('ssh-keygen')('[APPROVE-08] the real ssh-keygen signs a trust file that is accepted', async () => {
  const key = realKey(directory, 'ann', 'ed25519');
  const first = ONE.replace(ANN.line, key.line);
  const second = TWO.replace(ANN.line, key.line);
  expect(await said(second, memory(first), key.sign(second, 'countersign-trust'))).toBe('v2 signed');
  expect(await said(second, memory(first), key.sign(second, 'countersign'))).toMatch(/^TRUST_UNSIGNED/);
});
