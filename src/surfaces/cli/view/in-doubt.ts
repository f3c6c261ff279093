/** Whether something that does not hold still waits for a person to find out about it. */

import type { TroubleView } from './trouble-view.ts';

/** What an approver disowned is still not believed, and no longer a question. */
export function isInDoubt(trouble: readonly TroubleView[]): boolean {
  return trouble.some(({ disowned }) => disowned === null);
}
