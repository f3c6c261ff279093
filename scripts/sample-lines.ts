/** Draws a sample of a source: enough to measure by, where mutating all of it would take hours. Pure: `mutation.ts` reads the files. */

/** A source file, and how many lines it has. */
export type SourceFile = { readonly path: string; readonly lines: number };

/** Lines that are mutated together. A mutant that reaches beyond its window, an emptied function say, is left out. */
const WINDOW_LINES = 12;

/**
 * Draws windows of lines, every one with the same chance, the same ones for the same seed: whoever doubts a number can draw them again.
 *
 * @param percent  1 to 100
 * @returns `path:from-to` as Stryker reads it, in the order of the files
 */
export function sampleLines(files: readonly SourceFile[], percent: number, seed: number): readonly string[] {
  return files.flatMap(({ path, lines }) => {
    const windows = Array.from({ length: Math.ceil(lines / WINDOW_LINES) }, (_, index) => index);
    return windows
      .filter((index) => fractionOf(`${seed}:${path}:${index}`) * 100 < percent)
      .map((index) => `${path}:${index * WINDOW_LINES + 1}-${Math.min((index + 1) * WINDOW_LINES, lines)}`);
  });
}

/** Spreads texts evenly over 0 to 1: FNV-1a, and a last mix without which texts that end alike would fall together. */
function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}
