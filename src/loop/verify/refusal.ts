/** Refusals of a verifier, at the proposal that it looks at. */

import type { Refusal, RefusalCode } from '../../kernel/index.ts';

/** Answers that something is not verified, and why. */
export function refuseAt(
  proposal: string,
  code: RefusalCode,
  words: Omit<Refusal, 'kind' | 'code' | 'where'>,
): Refusal {
  return { kind: 'refused', code, where: proposal, ...words };
}
