/** Finds many spellings in one walk over a text: a standard input of a thousand lines is a thousand secrets. */

import { SHORTEST } from './spell-secret.ts';

/** A stretch of text. */
export type Run = { readonly from: number; readonly to: number };

/** Looks for the same spellings again and again. */
export type Finder = {
  /** Where they stand: in order, and those that overlap or touch as one. */
  readonly find: (text: string) => readonly Run[];
  /** Where the earliest tail begins that could still grow into one of them; the length of the text when there is none. */
  readonly openFrom: (text: string) => number;
};

/** Prepares to look for spellings. @param spellings  each of four characters at least */
export function finderOf(spellings: readonly string[]): Finder {
  const byStart = new Map<string, string[]>();
  const shortBeginnings = new Set<string>();
  let longest = 0;
  for (const spelling of spellings) {
    const start = spelling.slice(0, SHORTEST);
    const same = byStart.get(start);
    if (same === undefined) byStart.set(start, [spelling]);
    else same.push(spelling);
    for (let length = 1; length < SHORTEST; length += 1) shortBeginnings.add(spelling.slice(0, length));
    longest = Math.max(longest, spelling.length);
  }
  const isOpen = (tail: string): boolean => {
    if (tail.length < SHORTEST) return shortBeginnings.has(tail);
    const same = byStart.get(tail.slice(0, SHORTEST)) ?? [];
    return same.some((spelling) => spelling.length > tail.length && spelling.startsWith(tail));
  };
  return {
    find: (text) => joinRuns(occurrences(text, byStart)),
    openFrom: (text) => {
      for (let start = Math.max(0, text.length - longest + 1); start < text.length; start += 1) {
        if (isOpen(text.slice(start))) return start;
      }
      return text.length;
    },
  };
}

// At every place the longest counts: it hides the shorter ones that begin there.
function occurrences(text: string, byStart: ReadonlyMap<string, readonly string[]>): readonly Run[] {
  const runs: Run[] = [];
  if (byStart.size === 0) return runs;
  for (let from = 0; from + SHORTEST <= text.length; from += 1) {
    let length = 0;
    for (const spelling of byStart.get(text.slice(from, from + SHORTEST)) ?? []) {
      if (spelling.length > length && text.startsWith(spelling, from)) length = spelling.length;
    }
    if (length > 0) runs.push({ from, to: from + length });
  }
  return runs;
}

/** Joins runs that overlap or touch. @param runs  in the order in which they begin */
export function joinRuns(runs: readonly Run[]): readonly Run[] {
  const joined: { from: number; to: number }[] = [];
  for (const { from, to } of runs) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}
