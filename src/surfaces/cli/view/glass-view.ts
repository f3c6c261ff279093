/** Whether the glass of a proposal is broken, for everything that lists or shows it. */

import type { EventBody, ProposalState } from '../../../kernel/index.ts';
import type { RecordedEvent } from '../../../record/index.ts';

/** `broken` while a review is owed. */
export type GlassView = 'intact' | 'broken' | 'reviewed';

/** Reads the glass. A review that does not hold is none: somebody else still owes one. @param believed  the events that hold */
export function glassView(state: ProposalState, believed: readonly RecordedEvent[]): GlassView {
  if (!('requirement' in state)) return 'intact';
  const { kind } = state.glass;
  return kind === 'reviewed' && !believed.some(({ body }) => isReview(body)) ? 'broken' : kind;
}

function isReview({ type }: EventBody): boolean {
  return type === 'glass-reviewed';
}
