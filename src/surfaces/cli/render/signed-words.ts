/** Whose word something rests on: a signature, or nothing but an operating-system account. */

import { visibleLine } from '../../../kernel/index.ts';

/** Somebody's word. `fingerprint` is the key that signed it; `null` where nobody signed. */
export type Word = { readonly by: string; readonly fingerprint: string | null };

/** Writes who said it, and what stands for them. */
export function signedWords({ by, fingerprint }: Word): string {
  if (fingerprint === null) return `by ${visibleLine(by)} (operating-system account only, not signed)`;
  return `by ${visibleLine(by)}, signed ${visibleLine(fingerprint)}`;
}
