import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visibleLine, visibleText } from '../../src/kernel/index.ts';

test.each([
  ['\u001b[2J', '⟨U+001B⟩[2J'],
  ['\u0000', '⟨U+0000⟩'],
  ['\u0008', '⟨U+0008⟩'],
  ['\u000b', '⟨U+000B⟩'],
  ['a\rb', 'a⟨U+000D⟩b'],
  ['\u001f', '⟨U+001F⟩'],
  ['\u007f', '⟨U+007F⟩'],
  ['\u009b31m', '⟨U+009B⟩31m'],
  ['\u200b', '⟨U+200B⟩'],
  ['\u202ereversed\u202c', '⟨U+202E⟩reversed⟨U+202C⟩'],
  ['\u2066', '⟨U+2066⟩'],
  ['\u2028', '⟨U+2028⟩'],
  ['\u2029', '⟨U+2029⟩'],
  ['\ufeff', '⟨U+FEFF⟩'],
  ['\u00ad', '⟨U+00AD⟩'],
  ['\ufe0f', '⟨U+FE0F⟩'],
  ['\u{e0041}', '⟨U+E0041⟩'],
  ['\ud800', '⟨U+D800⟩'],
  ['\u0600', '⟨U+0600⟩'],
  ['\u115f', '⟨U+115F⟩'],
])('[KERNEL-11, L12] %j is shown as %s', (text, shown) => {
  expect(visibleText(text)).toBe(shown);
});

test.each(['plain', 'a\tb\nc', 'é ß 漢字 ひらがな', '😀', '⟨U+202E⟩', ' ~'])(
  '[KERNEL-11, L12] %j stays as it is',
  (text) => {
    expect(visibleText(text)).toBe(text);
  },
);

test('[KERNEL-11, L12] a line shows newlines and tabs too', () => {
  expect(visibleLine('a\nb\tc\u001bd\n\t')).toBe('a⟨U+000A⟩b⟨U+0009⟩c⟨U+001B⟩d⟨U+000A⟩⟨U+0009⟩');
});

test('[KERNEL-11, L12] no hidden character survives, and what is visible stays in order', () => {
  const hostile = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(hostile, (text) => {
      const shown = visibleText(text);
      for (const character of shown) {
        expect(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(character) && !/[\t\n]/.test(character)).toBe(false);
      }
      expect(visibleText(shown)).toBe(shown);
      const back = shown.replace(/⟨U\+([0-9A-F]{4,6})⟩/g, (_, hex) => String.fromCodePoint(Number.parseInt(hex, 16)));
      expect(back).toBe(text);
    }),
    { numRuns: 300 },
  );
});
