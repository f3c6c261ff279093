import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ageSealer, openSealed } from '../../../src/adapters/index.ts';
import { makeAgePair } from '../../../src/adapters/sealing/age.ts';

test('[PROPOSE-13, L11] each recipient opens what was sealed, byte for byte, and nobody else does', async () => {
  const [one, two, other] = [await makeAgePair(), await makeAgePair(), await makeAgePair()];
  expect(one.identity).toMatch(/^AGE-SECRET-KEY-/);
  expect(one.recipient).toMatch(/^age1/);
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async (content) => {
      const sealed = await ageSealer().seal(content, [one.recipient, two.recipient]);
      expect(await openSealed(one.identity).open(sealed)).toEqual(content);
      expect(await openSealed(` ${two.identity}\n`).open(sealed)).toEqual(content);
      await expect(openSealed(other.identity).open(sealed)).rejects.toMatchObject({ code: 'DECRYPTION_FAILED' });
    }),
    { numRuns: 20 },
  );
});

test('[PROPOSE-13] what was cut or changed does not open', async () => {
  const pair = await makeAgePair();
  const sealed = await ageSealer().seal(Buffer.from('the plan'), [pair.recipient]);
  const flipped = Uint8Array.from(sealed);
  flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
  for (const broken of [flipped, sealed.slice(0, -1), new Uint8Array(), Buffer.from('the plan')]) {
    await expect(openSealed(pair.identity).open(broken)).rejects.toMatchObject({
      code: 'DECRYPTION_FAILED',
      message: 'the sealed bytes do not open with this key',
    });
  }
});

test('[PROPOSE-13, L11, L13] a wrong recipient or key is named as such, and no message holds a key', async () => {
  const { identity, recipient } = await makeAgePair();
  await expect(ageSealer().seal(Buffer.from('x'), [])).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: 'there is nobody to seal to',
  });
  await expect(ageSealer().seal(Buffer.from('x'), [recipient, identity])).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.not.stringContaining(identity.slice(16, 30)),
  });
  const wrong = identity.replace(/.$/, (last) => (last === 'Q' ? 'P' : 'Q'));
  try {
    openSealed(wrong);
    expect.unreachable();
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'KEY_UNREADABLE', message: 'the sealing key is not an age identity' });
    expect(String(thrown) + JSON.stringify(thrown)).not.toContain(wrong.slice(0, 30));
  }
});
