/** What a verification of the record found. */

import type { ChainHead } from './event-log.ts';
import type { DisownedEntry, Problem } from './problem.ts';

/** `whole`: nothing is wrong as deep as was looked, but for what the trust file disowns. `broken`: the first bad entry. */
export type VerificationAnswer =
  | {
      readonly kind: 'whole';
      readonly head: ChainHead;
      readonly checked: number;
      /** By seq; left out when there is none. */
      readonly disowned?: readonly DisownedEntry[] | undefined;
      /** Disowned, but they hold: no word against them counts. By seq; left out when there is none. */
      readonly ignored?: readonly DisownedEntry[] | undefined;
    }
  | { readonly kind: 'broken'; readonly problem: Problem };
