/** Patterns over facts. They decide which world a change is for, so a value fits as a whole or not at all. */

import { canonicalJson, type Fact } from '../../../kernel/index.ts';
import type { FactPattern } from '../trust/trust.ts';

/**
 * Says whether a text fits a pattern, from its first character to its last.
 *
 * `**` stands for anything, `*` for anything but `/`, `?` for one character but `/`; everything else for itself. Takes
 * time in proportion to pattern and text, whatever they hold.
 */
export function fitsPattern(pattern: string, text: string): boolean {
  const parts = pattern.match(/\*\*|[\s\S]/gu) ?? [];
  let reached = closure(parts, new Set([0]));
  for (const letter of text) {
    const next = [...reached].flatMap((index) => step(parts[index], letter, index));
    reached = closure(parts, new Set(next));
    if (reached.size === 0) return false;
  }
  return reached.has(parts.length);
}

function step(part: string | undefined, letter: string, index: number): readonly number[] {
  if (part === '**') return [index];
  if (part === '*') return letter === '/' ? [] : [index];
  const isFitting = part === '?' ? letter !== '/' : part === letter;
  return isFitting ? [index + 1] : [];
}

// A star may stand for nothing: whoever stands before it also stands behind it.
function closure(parts: readonly string[], indexes: ReadonlySet<number>): ReadonlySet<number> {
  const all = new Set(indexes);
  for (const index of all) {
    if (parts[index] === '*' || parts[index] === '**') all.add(index + 1);
  }
  return all;
}

/** A fact that does not fit its pattern. `found` is `undefined` where the driver found no such fact. */
export type Misfit = { readonly pattern: FactPattern; readonly found: string | undefined };

/**
 * Holds binding facts against patterns, all of which must fit.
 *
 * A fact that was found twice must fit with every value; a fact that was not found fits nothing.
 *
 * @returns the first that does not fit; `undefined` when all do
 */
export function findMisfit(patterns: readonly FactPattern[], facts: readonly Fact[]): Misfit | undefined {
  for (const pattern of patterns) {
    const values = facts.filter((fact) => fact.role === 'binding' && fact.name === pattern.fact).map(factText);
    const wrong = values.find((value) => !fitsPattern(pattern.pattern, value));
    if (values.length === 0 || wrong !== undefined) return { pattern, found: wrong };
  }
  return undefined;
}

/** A fact's value as patterns see it: texts as they are, everything else as canonical JSON. */
function factText(fact: Fact): string {
  return typeof fact.value === 'string' ? fact.value : canonicalJson(fact.value);
}
