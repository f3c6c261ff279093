/** What of a proposal does not hold, for programs and people. */

import type { Trouble } from '../../../record/index.ts';

/** An entry that does not hold, and what is wrong with it. */
export type TroubleView = {
  readonly seq: number;
  readonly what: string;
  /** Why an approver disowned it in the signed trust file. */
  readonly disowned: string | null;
};

/** What does not hold, for programs and people. */
export function troubleViews(troubles: readonly Trouble[]): readonly TroubleView[] {
  return troubles.map(({ seq, what, disowned }) => ({ seq, what, disowned: disowned ?? null }));
}
