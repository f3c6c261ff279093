import { expect, test } from 'vitest';
import { isFailure } from '../../../../src/kernel/index.ts';
import { type TrustVersion, type TrustVersions, trustHistory } from '../../../../src/loop/approve/index.ts';
import { softEd25519 } from '../../../support/soft-ssh-keys.ts';
import { ANN, BEN, CYD, trustText } from '../../../support/trust-text.ts';

type Memory = TrustVersions & { held: TrustVersion[] };

function memory(): Memory {
  const kept: Memory = {
    held: [],
    all: async () => kept.held,
    newest: async () => kept.held.at(-1),
    append: async (version) => {
      kept.held.push(version);
    },
  };
  return kept;
}

const signature = (key: typeof ANN, text: string): string => key.sign(text, { namespace: 'countersign-trust' });
const WITHOUT_CYD = (version: number): string => trustText('', version).replace(/ {2}- name: cyd\n.*\n/, '');

/** Accepts texts one after the other, each a second and ten entries after the one before. */
async function accepted(
  kept: Memory,
  ...texts: readonly (readonly [text: string, signer?: typeof ANN | undefined, isFirstUse?: boolean])[]
): Promise<void> {
  for (const [text, signer, isFirstUse = false] of texts) {
    const at = kept.held.length + 1;
    await trustHistory(kept, 'trust.yaml').remember({
      accepted: {
        bytes: Buffer.from(text),
        signatureArmored: signer === undefined ? undefined : signature(signer, text),
      },
      isFirstUse,
      mark: async () => ({ acceptedAtMs: at * 1_000, afterSeq: at * 10 }),
    });
  }
}

async function said(kept: Memory, newest: string): Promise<string> {
  try {
    const periods = await trustHistory(kept, 'trust.yaml').periods({
      bytes: Buffer.from(newest),
      signatureArmored: undefined,
    });
    return periods
      .map(({ trust, afterSeq, acceptedAtMs, isFirstUse }) =>
        [trust.version, afterSeq, acceptedAtMs, trust.approvers.length, ...(isFirstUse ? ['first'] : [])].join(' '),
      )
      .join(' | ');
  } catch (thrown) {
    if (!isFailure(thrown)) throw thrown;
    expect(thrown.where).toMatch(/^trust.yaml/);
    expect(thrown.hint).toContain('find out who changed it');
    return `${thrown.code}: ${thrown.message}`;
  }
}

const ONE = trustText();
const TWO = trustText('', 2);
const THREE = WITHOUT_CYD(3);

async function three(): Promise<Memory> {
  const kept = memory();
  await accepted(kept, [ONE, undefined, true], [TWO, BEN], [THREE, CYD]);
  return kept;
}

test('[APPROVE-21, L15] every accepted version is kept once, with where the record stood', async () => {
  const kept = await three();
  expect(await said(kept, THREE)).toBe('1 10 1000 3 first | 2 20 2000 3 | 3 30 3000 2');
  await accepted(kept, [THREE, ANN]);
  expect(kept.held).toHaveLength(3);
  expect(kept.held.map(({ prev }) => prev).slice(1)).toEqual(kept.held.map(({ hash }) => hash).slice(0, 2));
});

test.each<readonly [string, (held: TrustVersion[]) => TrustVersion[], string]>([
  ['when', (held) => held.map((one) => ({ ...one, acceptedAtMs: 9 })), 'version 1 of'],
  ['where', (held) => held.map((one, at) => (at === 1 ? { ...one, afterSeq: undefined } : one)), 'version 2 of'],
  ['which', (held) => held.map((one, at) => (at === 2 ? { ...one, version: 4 } : one)), 'version 4 of'],
  ['how', (held) => held.map((one, at) => (at === 1 ? { ...one, isFirstUse: true } : one)), 'version 2 of'],
  [
    'what',
    (held) => held.map((one, at) => (at === 0 ? { ...one, bytes: Buffer.from(`${ONE}#`) } : one)),
    'version 1 of',
  ],
  ['who', (held) => held.map((one, at) => (at === 1 ? { ...one, signatureArmored: undefined } : one)), 'version 2 of'],
])('[APPROVE-21, L15] an edited version is found: %s', async (_, edit, named) => {
  const kept = await three();
  kept.held = edit(kept.held);
  const answer = await said(kept, THREE);
  expect(answer).toMatch(/^TRUST_HISTORY_BROKEN: version .* does not hold: it was changed$/);
  expect(answer).toContain(named);
});

test('[APPROVE-21, L15] a version that was taken out is found, in the middle and at the end', async () => {
  const kept = await three();
  const [first, second, third] = kept.held;
  if (first === undefined || second === undefined || third === undefined) return expect.unreachable();
  kept.held = [first, third];
  expect(await said(kept, THREE)).toBe(
    'TRUST_HISTORY_BROKEN: version 3 of the remembered trust files does not hold: one before it is missing',
  );
  kept.held = [first, second];
  expect(await said(kept, THREE)).toBe(
    'TRUST_HISTORY_BROKEN: the newest remembered trust file is not the one that was accepted last',
  );
  kept.held = [];
  expect(await said(kept, THREE)).toMatch(/^TRUST_HISTORY_BROKEN: the newest/);
});

test('[APPROVE-21, L1] a version that no approver of the one before signed is found, however well it is hashed', async () => {
  const mallory = softEd25519('mallory');
  const kept = memory();
  const taken = TWO.replace(CYD.line, mallory.line);
  await accepted(kept, [ONE, undefined, true], [taken, mallory]);
  expect(await said(kept, taken)).toBe(
    'TRUST_HISTORY_BROKEN: version 2 of the remembered trust files does not hold: its signature is of somebody who was no approver before',
  );
  const removed = memory();
  const four = WITHOUT_CYD(4);
  await accepted(removed, [ONE, undefined, true], [THREE, ANN], [four, CYD]);
  expect(await said(removed, four)).toMatch(/version 4 .* somebody who was no approver before$/);
  const back = memory();
  await accepted(back, [TWO, undefined, true], [ONE, ANN]);
  expect(await said(back, ONE)).toMatch(/version 1 .* version 2 came before it$/);
});

test('[APPROVE-21, L15] a home that begins anew is told as such; nobody before has signed that version', async () => {
  const kept = memory();
  await accepted(kept, [TWO, undefined, false], [ONE, undefined, true]);
  expect(await said(kept, ONE)).toBe('2 10 1000 3 | 1 20 2000 3 first');
});
