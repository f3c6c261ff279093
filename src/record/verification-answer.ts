/** What a verification of the record found. */

import type { ChainHead } from './event-log.ts';
import type { Problem } from './problem.ts';

/** `whole`: nothing is wrong as deep as was looked. `broken`: the first bad entry. */
export type VerificationAnswer =
  | { readonly kind: 'whole'; readonly head: ChainHead; readonly checked: number }
  | { readonly kind: 'broken'; readonly problem: Problem };
