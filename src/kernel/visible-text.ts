/** Text from outside, made safe to look at: nothing in it can hide, reorder or overwrite what a person reads (L12). */

// C0 and C1 controls but tab and newline; everything that Unicode calls invisible (zero-width, bidi controls, tags,
// variation selectors), format characters, line and paragraph separators, lone surrogates.
const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|\p{Default_Ignorable_Code_Point}|\p{Cf}|\p{Zl}|\p{Zp}|\p{Surrogate}/gu;

/**
 * Makes every hidden character of a text visible, as `⟨U+202E⟩`.
 *
 * Controls, escape sequences, bidi and zero-width characters, tags and lone surrogates are shown; tab and newline stay.
 *
 * @param text  anything from outside; any length
 * @returns text that a terminal or page can't be tricked by
 * @see https://trojansource.codes for the attack that bidi controls allow
 */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, (character) => {
    const point = character.codePointAt(0) ?? 0;
    return `⟨U+${point.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}

/** Makes a text visible and keeps it on one line: newlines and tabs are shown too. */
export function visibleLine(text: string): string {
  return visibleText(text).replaceAll('\n', '⟨U+000A⟩').replaceAll('\t', '⟨U+0009⟩');
}
