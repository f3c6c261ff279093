import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskSecrets as maskOf } from '../../src/record/mask-secrets.ts';

const maskSecrets = (text: string, secrets: readonly string[]): string => maskOf(secrets).text(text);
const maskingStream = (secrets: readonly string[]): ReturnType<ReturnType<typeof maskOf>['stream']> =>
  maskOf(secrets).stream();

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
  ['JSON-escaped as Go does it', 'a&b<c>', 'a\\u0026b\\u003cc\\u003e'],
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
  expect(maskSecrets('MIIEvQ and short', ['-----BEGIN\nMIIEvQ\nshort'])).toBe('(sensitive) and short');
  expect(maskSecrets('line one|line two', ['line one\r\nline two'])).toBe('(sensitive)|(sensitive)');
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

test('[RECORD-17, EXECUTE-12, L11] a stream is masked as its whole text is, however it is cut, whatever the secrets', () => {
  let maskedOnes = 0;
  fc.assert(
    fc.property(
      fc.array(secretText, { minLength: 1, maxLength: 3 }),
      fc.array(fc.oneof(fc.nat({ max: 5 }), fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'x', 'é', 'Y', 'W') })), {
        maxLength: 8,
      }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      (secrets, parts, cuts) => {
        const spelt = secrets.flatMap((secret) => [secret, Buffer.from(secret).toString('base64')]);
        const text = parts
          .map((part) => (typeof part === 'number' ? (spelt[part % spelt.length] ?? '') : part))
          .join('');
        const out = masked(secrets, Buffer.from(text), cuts);
        expect(out).toBe(maskSecrets(text, secrets));
        const between = out.split('(sensitive)');
        if (between.length > 1) maskedOnes += 1;
        for (const one of spelt) for (const part of between) expect(part).not.toContain(one);
        if (spelt.some((one) => text.includes(one))) expect(between.length).toBeGreaterThan(1);
      },
    ),
    { numRuns: 500 },
  );
  expect(maskedOnes).toBeGreaterThan(50);
});

test('[RECORD-17, EXECUTE-12, L11] a secret in base64 is masked wherever a stream cuts it, also inside a longer value', () => {
  const secrets = ['hunter2-hunter2'];
  const whole = `a ${Buffer.from('hunter2-hunter2').toString('base64')} b ${Buffer.from('user:hunter2-hunter2\n').toString('base64')} c`;
  for (let cut = 1; cut < whole.length; cut += 1) {
    const out = masked(secrets, Buffer.from(whole), [cut, whole.length]);
    expect(out).toMatch(/^a \(sensitive\) b \S*\(sensitive\)\S* c$/);
  }
});

test('[RECORD-17] bytes that are no text pass a mask unharmed', () => {
  const mask = maskingStream(['hunter22']);
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  expect(Buffer.concat([mask.push(bytes.subarray(0, 100)), mask.push(bytes.subarray(100)), mask.end()])).toEqual(
    Buffer.from(bytes),
  );
});

test('[RECORD-17, EXECUTE-12, L11] a tail that could become a secret is kept back, and given when it did not', () => {
  const mask = maskingStream(['hunter22']);
  const said = (chunk: string): string => Buffer.from(mask.push(Buffer.from(chunk))).toString();
  expect(said('a hunt')).toBe('a ');
  expect(said('er22 b hu')).toBe('(sensitive) b ');
  // As base64 begins it.
  expect(said('mp aHVudGV')).toBe('hump ');
  expect(said('yMjI= h')).toBe('(sensitive) ');
  expect(Buffer.from(mask.end()).toString()).toBe('h');
  expect(Buffer.from(maskingStream([]).push(Buffer.from('all'))).toString()).toBe('all');
});

test('[RECORD-17] adjoining secrets become one mask, across chunks too', () => {
  expect(masked(['hunter22'], Buffer.from('hunter22hunter22!'), [8])).toBe('(sensitive)!');
  expect(masked(['pass', 'password'], Buffer.from('password pass passwor'), [6])).toBe(
    '(sensitive) (sensitive) (sensitive)wor',
  );
});

test('[RECORD-17] thousands of secrets are looked for in one walk', () => {
  const secrets = Array.from({ length: 3_000 }, (_, index) => `insert into orders values (${index})`);
  const mask = maskOf(secrets);
  const text = 'nothing of it here, and no end of it\n'.repeat(2_000);
  expect(mask.text(text)).toBe(text);
  expect(mask.text(`x ${secrets[2_999]} y`)).toBe('x (sensitive) y');
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
