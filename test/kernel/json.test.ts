import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, digestJson, type HashFunction, type Json } from '../../src/kernel/index.ts';

const sha256: HashFunction = (content) => createHash('sha256').update(content).digest('hex');

test('[KERNEL-10] the example of RFC 8785 has the canonical text of RFC 8785', () => {
  const example = {
    numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
    literals: [null, true, false],
  };
  expect(canonicalJson(example)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
      '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

test('[KERNEL-10] members are ordered by UTF-16 code units, as the sorting example of RFC 8785 has it', () => {
  const example = {
    '\u20ac': 'Euro Sign',
    '\r': 'Carriage Return',
    '\ufb33': 'Hebrew Letter Dalet With Dagesh',
    '1': 'One',
    '\ud83d\ude00': 'Emoji: Grinning Face',
    '\u0080': 'Control',
    '\u00f6': 'Latin Small Letter O With Diaeresis',
  };
  const values = [...canonicalJson(example).matchAll(/":"([^"]*)"/g)].map((match) => match[1]);
  expect(values).toEqual([
    'Carriage Return',
    'One',
    'Control',
    'Latin Small Letter O With Diaeresis',
    'Euro Sign',
    'Emoji: Grinning Face',
    'Hebrew Letter Dalet With Dagesh',
  ]);
});

test.each<[Json, string]>([
  [null, 'null'],
  [true, 'true'],
  [0, '0'],
  [-0, '0'],
  [1e21, '1e+21'],
  [1e-7, '1e-7'],
  [5e-324, '5e-324'],
  [9007199254740992, '9007199254740992'],
  ['', '""'],
  ['\u2028', '"\u2028"'],
  [[], '[]'],
  [{}, '{}'],
  [[1, [2, []]], '[1,[2,[]]]'],
  [{ b: 1, a: { d: [], c: null } }, '{"a":{"c":null,"d":[]},"b":1}'],
  [{ a: undefined, b: 1 }, '{"b":1}'],
])('[KERNEL-10] %j is written as %s', (value, text) => {
  expect(canonicalJson(value)).toBe(text);
});

test.each<[unknown, string]>([
  [Number.NaN, 'bug: a number in a canonical document must be finite'],
  [Number.POSITIVE_INFINITY, 'bug: a number in a canonical document must be finite'],
  ['\ud800', 'bug: a string in a canonical document must be well-formed UTF-16'],
  [{ '\udc00': 1 }, 'bug: a string in a canonical document must be well-formed UTF-16'],
  [[{ a: ['\ud800'] }], 'bug: a string in a canonical document must be well-formed UTF-16'],
])('[KERNEL-10] what has no canonical text is a bug (%#)', (value, message) => {
  // Wrong on purpose: the type would let some of these through, and none has a text.
  expect(() => canonicalJson(value as Json)).toThrow(message);
});

const json = fc.jsonValue({ stringUnit: 'grapheme' });

test('[KERNEL-10] canonical text reads back as the same value, and writing it again changes nothing', () => {
  fc.assert(
    fc.property(json, (value) => {
      // fast-check's JsonValue is mutable JSON; ours is the same, read only.
      const text = canonicalJson(value as Json);
      const back: Json = JSON.parse(text);
      expect(back).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(back)).toBe(text);
    }),
  );
});

test('[KERNEL-10] the order in which members were written does not matter', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), json), fc.nat(), (object, turn) => {
      const entries = Object.entries(object);
      const turned = [...entries.slice(turn % (entries.length + 1)), ...entries.slice(0, turn % (entries.length + 1))];
      // As above.
      expect(canonicalJson(Object.fromEntries(turned.reverse()) as Json)).toBe(canonicalJson(object as Json));
    }),
  );
});

test('[KERNEL-10] different values have different texts', () => {
  fc.assert(
    fc.property(json, json, (left, right) => {
      const isSame = JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));
      // As above.
      expect(canonicalJson(left as Json) === canonicalJson(right as Json)).toBe(isSame);
    }),
  );
});

/** An independent way to one text: sort, then let the platform write. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([name, member]) => [name, sorted(member)] as const);
  return { object: entries.sort(([left], [right]) => (left < right ? -1 : 1)) };
}

test('[KERNEL-10, L3] a digest is SHA-256 over the canonical text', () => {
  expect(digestJson(sha256, { b: 1, a: 'é' })).toBe(sha256('{"a":"é","b":1}'));
  expect(digestJson(sha256, {})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
});
