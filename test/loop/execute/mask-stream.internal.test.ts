import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskStream } from '../../../src/loop/execute/mask-stream.ts';

function maskPieces(secrets: readonly string[], pieces: readonly Uint8Array[]): Buffer {
  const mask = maskStream(secrets);
  return Buffer.concat([...pieces.map((piece) => mask.push(piece)), mask.end()]);
}

function maskWhole(secrets: readonly string[], text: string): string {
  return maskPieces(secrets, [Buffer.from(text)]).toString();
}

test('[EXECUTE-12, L11] every occurrence is masked, adjoining and overlapping ones as one', () => {
  expect(maskWhole(['hunter2'], 'a hunter2 b hunter2')).toBe('a (sensitive) b (sensitive)');
  expect(maskWhole(['hunter2'], 'hunter2hunter2!')).toBe('(sensitive)!');
  expect(maskWhole(['aba'], 'xababax')).toBe('x(sensitive)x');
  expect(maskWhole(['abc', 'cde'], 'abcde')).toBe('(sensitive)');
  expect(maskWhole(['pass', 'password'], 'password pass passwor')).toBe('(sensitive) (sensitive) (sensitive)wor');
  expect(maskWhole([''], 'plain')).toBe('plain');
  expect(maskWhole([], 'plain')).toBe('plain');
});

test('[EXECUTE-12, L11] a secret is found as JSON writes it, as Go writes it, and line by line', () => {
  expect(maskWhole(['a"b\nc'], '{"x":"a\\"b\\nc"}')).toBe('{"x":"(sensitive)"}');
  expect(maskWhole(['a&b<c>'], '"a\\u0026b\\u003cc\\u003e"')).toBe('"(sensitive)"');
  expect(maskWhole(['-----BEGIN\nMIIEvQ\nshort'], 'log: MIIEvQ and short')).toBe('log: (sensitive) and short');
  expect(maskWhole(['line one\r\nline two'], 'line one|line two')).toBe('(sensitive)|(sensitive)');
});

test('[EXECUTE-12] bytes that are no text pass unchanged', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  expect(maskPieces(['é', 'none'], [bytes])).toEqual(Buffer.from(bytes));
  expect(maskWhole(['pä'], 'x pä y')).toBe('x (sensitive) y');
});

test('[EXECUTE-12, L11] a tail that could become a secret is kept back, and given at the end when it did not', () => {
  const mask = maskStream(['hunter2']);
  expect(Buffer.from(mask.push(Buffer.from('a hunt'))).toString()).toBe('a ');
  expect(Buffer.from(mask.push(Buffer.from('er2 b hu'))).toString()).toBe('(sensitive) b ');
  expect(Buffer.from(mask.end()).toString()).toBe('hu');
});

const secret = fc.string({ unit: fc.constantFrom('a', 'b', '"', '\n', 'é'), minLength: 1, maxLength: 4 });
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '"', '\n', 'é'), maxLength: 60 });

test('[EXECUTE-12, L11] what comes out never depends on how the stream was cut, and holds no secret', () => {
  let masked = 0;
  fc.assert(
    fc.property(
      fc.array(secret, { maxLength: 3 }),
      text,
      fc.array(fc.nat(8), { maxLength: 60 }),
      (secrets, whole, cuts) => {
        const bytes = Buffer.from(whole);
        const pieces: Uint8Array[] = [];
        let at = 0;
        for (const cut of cuts) {
          pieces.push(bytes.subarray(at, at + cut));
          at += cut;
        }
        pieces.push(bytes.subarray(at));
        const out = maskPieces(secrets, pieces).toString();
        expect(out).toBe(maskWhole(secrets, whole));
        const between = out.split('(sensitive)');
        if (between.length > 1) masked += 1;
        for (const one of secrets) for (const part of between) expect(part).not.toContain(one);
        expect(between.length > 1).toBe(
          secrets.some((one) => whole.includes(one) || whole.includes(JSON.stringify(one).slice(1, -1))),
        );
      },
    ),
    { numRuns: 500 },
  );
  expect(masked).toBeGreaterThan(50);
});
