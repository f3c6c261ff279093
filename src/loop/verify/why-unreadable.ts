/** Says why a question can't be read, down to the member that is wrong. */

import type { z } from 'zod';

/**
 * Puts the complaints of a schema into one line.
 *
 * Where several shapes are possible, the one that was missed by least is taken for the one that was meant.
 */
export function whyUnreadable(error: z.core.$ZodError): string {
  return error.issues.flatMap((issue) => complaints(issue, [])).join('; ');
}

function complaints(issue: z.core.$ZodIssue, above: readonly PropertyKey[]): readonly string[] {
  const path = [...above, ...issue.path];
  const nearest = issue.code === 'invalid_union' ? issue.errors.toSorted((a, b) => a.length - b.length)[0] : undefined;
  if (nearest !== undefined) return nearest.flatMap((inner) => complaints(inner, path));
  return [path.length === 0 ? issue.message : `${path.join('.')}: ${issue.message}`];
}
