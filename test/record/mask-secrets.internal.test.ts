import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskingStream, maskSecrets } from '../../src/record/mask-secrets.ts';

const PEM = '-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----\n';

test('[RECORD-17, L11] a secret is masked wherever it stands', () => {
  expect(maskSecrets('a hunter22 b hunter22', ['hunter22'])).toBe('a (sensitive) b (sensitive)');
  expect(maskSecrets('nothing here', ['hunter22'])).toBe('nothing here');
  expect(maskSecrets('', ['hunter22'])).toBe('');
});

test('[RECORD-17] values of fewer than four characters are not masked', () => {
  expect(maskSecrets('abc abcd', ['abc', 'abcd'])).toBe('abc (sensitive)');
  expect(maskSecrets('abc', [''])).toBe('abc');
});

test('[RECORD-17] the longest secret wins, and overlapping ones leave nothing behind', () => {
  expect(maskSecrets('hunter22more', ['hunter22', 'hunter22more'])).toBe('(sensitive)');
  expect(maskSecrets('xabcdefx', ['abcd', 'cdef'])).toBe('x(sensitive)x');
  expect(maskSecrets('abababab', ['abab'])).toBe('(sensitive)');
});

test.each([
  ['percent-encoded', 'p@ss/w rd', encodeURIComponent('p@ss/w rd')],
  ['percent-encoded in lower case', 'p@ss/w rd', 'p%40ss%2fw%20rd'],
  ['form-encoded', 'p@ss/w rd', 'p%40ss%2Fw+rd'],
  ['JSON-escaped', 'pa"ss\\w\nrd', JSON.stringify('pa"ss\\w\nrd').slice(1, -1)],
  ['JSON-escaped to ASCII', 'pässwörd', 'p\\u00e4ssw\\u00f6rd'],
  ['base64', 'hunter22', Buffer.from('hunter22').toString('base64')],
  ['base64url', 'hunt>>>>er??', Buffer.from('hunt>>>>er??').toString('base64url')],
])('[RECORD-17, L11] a secret is masked %s', (_name, secret, spelling) => {
  expect(maskSecrets(`x ${spelling} y`, [secret])).toBe('x (sensitive) y');
});

test.each(['', 'a', 'ab', 'abc', 'user:'])(
  '[RECORD-17, L11] a secret is masked inside a longer base64 value, after "%s"',
  (before) => {
    const secret = 'correct horse';
    const encoded = Buffer.from(`${before}${secret}:more`).toString('base64');
    const masked = maskSecrets(encoded, [secret]);
    expect(masked).toContain('(sensitive)');
    // Whatever is left decodes to nothing of the secret but a byte at either edge.
    const left = masked.split('(sensitive)').map((part) => Buffer.from(part, 'base64').toString());
    expect(left.join('|')).not.toMatch(/corr|horse|rect/);
  },
);

test('[RECORD-17] a secret of several lines is masked line by line', () => {
  expect(maskSecrets('  MIIEvQIBADANBgkq\n  hkiG9w0BAQEFAASC', [PEM])).toBe('  (sensitive)\n  (sensitive)');
});

const secretText = fc.string({ minLength: 4, maxLength: 12, unit: fc.constantFrom('a', 'b', 'c', 'é', '"', ' ') });

test('[RECORD-17, L11] no secret survives masking', () => {
  fc.assert(
    fc.property(fc.array(secretText, { maxLength: 4 }), fc.array(fc.string()), fc.nat(), (secrets, parts, pick) => {
      const text = parts.join(secrets[pick % Math.max(1, secrets.length)] ?? '');
      const masked = maskSecrets(text, secrets);
      for (const secret of secrets) expect(masked.split('(sensitive)').join('\u0000')).not.toContain(secret);
    }),
  );
});

test('[RECORD-17, L11] a stream is masked as its whole text is, however it is cut', () => {
  fc.assert(
    fc.property(
      fc.array(secretText, { minLength: 1, maxLength: 3 }),
      fc.array(fc.oneof(fc.nat({ max: 2 }), fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'x', 'é') })), {
        maxLength: 8,
      }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      (secrets, parts, cuts) => {
        const text = parts
          .map((part) => (typeof part === 'number' ? (secrets[part % secrets.length] ?? '') : part))
          .join('');
        expect(masked(secrets, Buffer.from(text), cuts)).toBe(maskSecrets(text, secrets));
      },
    ),
    { numRuns: 500 },
  );
});

test('[RECORD-17] bytes that are no text pass a mask unharmed', () => {
  const mask = maskingStream(['hunter22']);
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  expect(Buffer.concat([mask.push(bytes.subarray(0, 100)), mask.push(bytes.subarray(100)), mask.end()])).toEqual(
    Buffer.from(bytes),
  );
});

test('[RECORD-17] a mask holds back no more than it must', () => {
  const mask = maskingStream(['hunter22']);
  const longest = encodeURIComponent('hunter22').length + 4; // base64 of eight bytes
  expect(mask.push(Buffer.from('x'.repeat(100))).length).toBe(100 - (longest - 1));
  expect(Buffer.from(mask.end()).toString()).toBe('x'.repeat(longest - 1));
  expect(Buffer.from(maskingStream([]).push(Buffer.from('all'))).toString()).toBe('all');
});

function masked(secrets: readonly string[], bytes: Uint8Array, cuts: readonly number[]): string {
  const mask = maskingStream(secrets);
  const out: Uint8Array[] = [];
  for (let at = 0, index = 0; at < bytes.length; index += 1) {
    const cut = cuts[index % cuts.length] ?? 1;
    out.push(mask.push(bytes.subarray(at, at + cut)));
    at += cut;
  }
  return Buffer.concat([...out, mask.end()]).toString();
}
