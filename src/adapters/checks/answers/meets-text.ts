/** Whether a text is what was expected. */

import type { TextExpectation } from '../../../tools/index.ts';

/**
 * Compares a text with an expectation.
 *
 * A pattern may take very long on a hostile text: this runs in a check worker, whose process is the bound.
 */
export function meetsText(text: string, expected: TextExpectation): boolean {
  if ('equals' in expected) return text === expected.equals;
  if ('contains' in expected) return text.includes(expected.contains);
  return new RegExp(expected.matches, 'u').test(text);
}

/** Says in our own words how an expectation failed; never quotes the text. */
export function missesText(expected: TextExpectation): string {
  if ('equals' in expected) return 'is not the expected text';
  if ('contains' in expected) return 'does not contain the expected text';
  return 'does not match the expected pattern';
}
