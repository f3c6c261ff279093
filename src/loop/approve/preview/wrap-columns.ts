/** Breaks lines for a terminal. Nothing from outside may reach the first column: every line stands behind a margin of ours. */

import { visibleText } from '../../../kernel/index.ts';

// East Asian wide and fullwidth ranges and the emoji planes take two columns. Over-estimating only wraps earlier.
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f000}-\u{3ffff}]/u;
const LEAST_COLUMNS = 20;

/**
 * Writes outside text behind a margin: control and bidi characters visible, tabs as spaces, no line wider than asked for.
 *
 * @param margin  what each line begins with; the first line may have another one
 * @param widthColumns  columns of the terminal, margin included; at least 20 stay for the text
 */
export function behindMargin(
  text: string,
  margin: { readonly first: string; readonly rest: string },
  widthColumns: number,
): readonly string[] {
  const room = Math.max(LEAST_COLUMNS, widthColumns - columnsOf(margin.rest));
  const lines = visibleText(text)
    .replaceAll('\t', '    ')
    .split('\n')
    .flatMap((line) => breakLine(line, room));
  return lines.map((line, index) => `${index === 0 ? margin.first : margin.rest}${line}`.trimEnd());
}

/** How many columns a text takes, at most. */
function columnsOf(text: string): number {
  return [...text].reduce((sum, letter) => sum + (WIDE.test(letter) ? 2 : 1), 0);
}

function breakLine(line: string, room: number): readonly string[] {
  const letters = [...line];
  const broken: string[] = [];
  let start = 0;
  let end = lastThatFits(letters, start, room);
  while (end < letters.length) {
    const cut = cutAt(letters, start, end);
    broken.push(letters.slice(start, cut).join(''));
    start = cut;
    end = lastThatFits(letters, start, room);
  }
  return [...broken, letters.slice(start).join('')];
}

function lastThatFits(letters: readonly string[], start: number, room: number): number {
  let used = 0;
  let end = start;
  for (; end < letters.length; end += 1) {
    used += columnsOf(letters[end] ?? '');
    if (used > room) break;
  }
  return end;
}

// Behind the last space that fits, when it is in the second half of the line; in the middle of a word otherwise.
function cutAt(letters: readonly string[], start: number, end: number): number {
  const space = letters.lastIndexOf(' ', end - 1);
  return space > start + (end - start) / 2 ? space + 1 : Math.max(start + 1, end);
}
