/** What a runner says when it refuses, word for word: a person has nothing else to go by. */

import { expect, test } from 'vitest';
import { type BlobRef, canonicalJson, Failure, type Manifest, type StateOf } from '../../../src/kernel/index.ts';
import { refuseExpired } from '../../../src/loop/execute/check-authority.ts';
import { examineReleases } from '../../../src/loop/execute/examine-releases.ts';
import { executeApproved } from '../../../src/loop/execute/index.ts';
import { readManifest } from '../../../src/loop/execute/read-manifest.ts';
import { refuseDisagreement } from '../../../src/loop/execute/refuse-disagreement.ts';
import { approveScript } from './house/approve-script.ts';
import { authority, type House, REQUIREMENT } from './house/open-house.ts';
import { EFFECT, houseIn, makeRoot } from './house/world.ts';

async function approved(): Promise<{ house: House; manifest: Manifest; state: StateOf<'executing'> }> {
  const house = await houseIn(makeRoot());
  const { manifest, state } = await approveScript(house, EFFECT);
  if (state.kind !== 'approved') return expect.unreachable();
  const claim = { runner: house.parts.signer.name, claim: 'c', account: 'deploy' };
  return { house, manifest, state: { ...state, kind: 'executing', stage: 'ready', claim, baseline: [] } };
}

test('[EXECUTE-08, L13] bytes that are no manifest are refused by their digest, with what to do', async () => {
  const { house, manifest } = await approved();
  const { hash } = house.parts;
  const refusal = (content: Uint8Array, digest = hash(content)) => {
    try {
      return readManifest(hash, content, digest);
    } catch (thrown) {
      return thrown;
    }
  };
  const whole = Buffer.from(canonicalJson(manifest));
  expect(refusal(whole)).toEqual(manifest);
  const hint = 'nothing ran; check the store with `countersign record verify`, then propose the change again';
  const said = (digest: string, why: string) => ({
    code: 'BLOB_CORRUPT',
    message: expect.stringContaining(`the manifest of bundle ${digest} can't be read: ${why}`),
    hint,
    where: digest,
  });
  const other = 'f'.repeat(64);
  expect(refusal(whole, other)).toMatchObject(said(other, 'its bytes have another digest'));
  const text = Buffer.from('nothing');
  expect(refusal(text)).toMatchObject(said(hash(text), 'SyntaxError: '));
  // Bytes that two readers may take for different texts.
  const broken = Buffer.from(whole);
  broken[broken.indexOf('"try"') + 1] = 0xff;
  expect(refusal(broken)).toMatchObject(said(hash(broken), 'TypeError: '));
  const foreign = Buffer.from(canonicalJson({ ...manifest, driver: 'magic' }));
  expect(refusal(foreign)).toMatchObject({ ...said(hash(foreign), ''), message: expect.stringContaining('driver') });
  expect(refusal(foreign)).toMatchObject({ message: expect.not.stringContaining('\n') });
});

test('[EXECUTE-08, L3, L13] a record that differs from the bundle is told apart, word for word', async () => {
  const { house, manifest, state } = await approved();
  const { hash } = house.parts;
  expect(refuseDisagreement(hash, state, manifest)).toBeUndefined();
  expect(refuseDisagreement(hash, { ...state, target: 'db' }, manifest)).toStrictEqual({
    kind: 'refused',
    code: 'WRONG_DOCUMENT',
    what: 'this execution',
    where: 'p1',
    why: 'the record says target "db", the approved bundle says "shop"',
    next: 'do not trust this record: run `countersign record verify`, then propose the change again',
  });
  const whyOf = (over: Partial<StateOf<'executing'>>) => refuseDisagreement(hash, { ...state, ...over }, manifest)?.why;
  expect(whyOf({ environment: 'sandbox' })).toMatch(/^the record says environment "sandbox", /);
  expect(whyOf({ runner: 'other' })).toMatch(/^the record says runner "other", /);
  expect(whyOf({ previewDigest: 'e'.repeat(64) })).toMatch(/^the record says previewDigest "e/);
});

test('[EXECUTE-08] secret blobs are the same in any order, and clear ones are none of them', async () => {
  const { house, manifest, state } = await approved();
  const blob = (letter: string, sealing: BlobRef['sealing']): BlobRef => {
    return { name: letter, digest: letter.repeat(64), sizeBytes: 1, sealing };
  };
  const digests = (letters: string) => [...letters].map((letter) => letter.repeat(64));
  const agrees = (recorded: string, sealed: string) => {
    const blobs = [blob('d', 'clear'), ...[...sealed].map((letter) => blob(letter, 'age'))];
    const secretBlobs = digests(recorded);
    return refuseDisagreement(house.parts.hash, { ...state, secretBlobs }, { ...manifest, blobs }) === undefined;
  };
  expect(['abc', 'cab', 'bca'].map((recorded) => agrees(recorded, 'cba'))).toEqual([true, true, true]);
  expect(agrees('cba', 'abc')).toBe(true);
  expect([agrees('ab', 'abc'), agrees('abcd', 'abc'), agrees('', 'a')]).toEqual([false, false, false]);
});

test('[EXECUTE-07, L4, L13] what runs out at this very moment has run out', async () => {
  const { house, manifest } = await approved();
  const atMs = Date.UTC(2030, 0, 2, 3, 4, 5);
  const parts = { ...house.parts, clock: { ...house.parts.clock, nowMs: () => atMs } };
  const at = (expiresAtMs: number) =>
    refuseExpired(parts, manifest, { kind: 'authorised', nonces: [], expiresAtMs, grant: undefined });
  expect(at(atMs + 1)).toBeUndefined();
  expect(at(atMs)).toStrictEqual({
    kind: 'refused',
    code: 'EXPIRED',
    what: 'this execution',
    where: 'p1',
    why: 'an approval or the proposal ran out 2030-01-02T03:04:05.000Z',
    next: 'approve it again if it is still right',
  });
});

test('[EXECUTE-07, L15, L13] another environment, and a quorum that is missed, are refused with what to do', async () => {
  const answerOf = async (demand: typeof authority.demand) => {
    const house = await houseIn(makeRoot(), () => ({ authority: { ...authority, demand } }));
    await approveScript(house, EFFECT);
    return await executeApproved(house.parts, 'p1');
  };
  const refusal = { kind: 'refused', what: 'this execution', where: 'p1' };
  expect(
    await answerOf(async () => ({ kind: 'demand', environment: 'sandbox', requirement: REQUIREMENT })),
  ).toStrictEqual({
    ...refusal,
    code: 'POLICY',
    why: "the bundle says production, this runner's trust file says sandbox",
    next: 'correct the target in the trust file, then propose the change again',
  });
  const requirement = { ...REQUIREMENT, approvals: 3 };
  expect(await answerOf(async () => ({ kind: 'demand', environment: 'production', requirement }))).toStrictEqual({
    ...refusal,
    code: 'QUORUM',
    why: "1 of 3 approvals count by this runner's trust file",
    next: 'ask for the missing approvals',
  });
});

test('[EXECUTE-30, KERNEL-29] each release is examined once, and a proposal that is nowhere has none', async () => {
  const { house } = await approved();
  const { journal } = house.parts;
  const asked: (readonly [string, string | undefined])[] = [];
  const disownedReleases = async (target: string, place: string | undefined) => {
    asked.push([target, place]);
    return ['p-closed', 'p-other'];
  };
  const standing: typeof journal.standing = async (id) => {
    const now = await journal.standing(id);
    return id === 'p1' ? { ...now, target: { ...now.target, reconciled: ['p-closed', 'p-gone'] } } : now;
  };
  const parts = { ...house.parts, disownedReleases, journal: { ask: journal.ask.bind(journal), standing } };
  expect(await examineReleases(parts, 'p-nowhere')).toEqual([]);
  expect(asked).toEqual([]);
  expect(await examineReleases(parts, 'p1')).toEqual([
    { proposal: 'p-closed', why: 'it is absent' },
    { proposal: 'p-gone', why: 'it is absent' },
    { proposal: 'p-other', why: 'it rests on words that were disowned' },
  ]);
  expect(asked).toEqual([['shop', undefined]]);
});

test('[EXECUTE-06, EXECUTE-03, L13] what stopped a start is kept in the ledger: a failure by its code and words, a bug as one', async () => {
  for (const [thrown, found] of [
    [new Failure('STORE_WRITE_FAILED', 'disk \u202Efull', { hint: '' }), 'STORE_WRITE_FAILED: disk ⟨U+202E⟩full'],
    [new TypeError('oops'), 'a bug in the runner'],
  ] as const) {
    const house = await houseIn(makeRoot(), ({ journal }) => ({
      journal: {
        standing: (id) => journal.standing(id),
        ask: async (...asked) => {
          if (asked[1].kind === 'start') throw thrown;
          return await journal.ask(...asked);
        },
      },
    }));
    const { state } = await approveScript(house, EFFECT);
    if (state.kind !== 'approved') return expect.unreachable();
    await expect(executeApproved(house.parts, 'p1')).rejects.toBe(thrown);
    expect((await house.parts.ledger.find(state.bundleDigest))?.end).toEqual({
      kind: 'stale',
      differences: [{ name: 'runner', found }],
    });
  }
});

test('[EXECUTE-01, EXECUTE-14] a tool that can’t be launched is told in one sentence of the driver’s, and nothing is added', async () => {
  const house = await houseIn(makeRoot(), ({ launcher }) => ({
    launcher: { ...launcher, launch: async () => ({ kind: 'not-started', why: 'it is gone' }) },
  }));
  await approveScript(house, EFFECT);
  const answer = await executeApproved(house.parts, 'p1');
  expect(answer).toMatchObject({
    kind: 'executed',
    outcome: {
      kind: 'no-effect',
      end: { kind: 'not-started', why: 'it is gone' },
      because: ['the script ended: not-started'],
      evidence: [],
    },
  });
});
