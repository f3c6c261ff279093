/** Parts what holds of a proposal from what does not: a word counts as its speaker's only while its own signature holds. */

import type { EventBody, Outcome, Verdict } from '../../../kernel/index.ts';
import type { Problem, RecordedEvent } from '../../../record/index.ts';

/** A proposal as it was examined. */
export type Examined = { readonly events: readonly RecordedEvent[]; readonly troubles: readonly Problem[] };

/** What may be shown as somebody's word. */
export type Believed = {
  /** The events that hold. */
  readonly events: readonly RecordedEvent[];
  readonly outcome: Outcome | null;
  /** Verdicts that hold, oldest first. */
  readonly verdicts: readonly Verdict[];
  /** The newest verdict of all, and nothing where that one does not hold: an older one no longer is what was said last. */
  readonly verdict: Verdict | null;
  /** What was recorded, and does not hold. */
  readonly forged: { readonly outcome: boolean; readonly verdict: boolean };
};

/** Takes out what does not hold. */
export function believe({ events, troubles }: Examined): Believed {
  const odd = oddEntries(troubles);
  const holding = events.filter(({ seq }) => !odd.has(seq));
  const executed = lastOf(events, 'executed');
  const verified = lastOf(events, 'verified');
  const forged = {
    outcome: executed !== undefined && odd.has(executed.seq),
    verdict: verified !== undefined && odd.has(verified.seq),
  };
  return {
    forged,
    events: holding,
    outcome: executed === undefined || forged.outcome ? null : executed.body.outcome,
    verdicts: holding.flatMap(({ body }) => (body.type === 'verified' ? [body.verdict] : [])),
    verdict: verified === undefined || forged.verdict ? null : verified.body.verdict,
  };
}

// A summary that differs says nothing against the entry that it rests on.
function oddEntries(troubles: readonly Problem[]): ReadonlySet<number> {
  return new Set(troubles.filter(({ kind }) => kind !== 'projection-mismatch').map(({ seq }) => seq));
}

type EventOf<Type extends EventBody['type']> = RecordedEvent & {
  readonly body: Extract<EventBody, { readonly type: Type }>;
};

function lastOf<Type extends 'executed' | 'verified'>(
  events: readonly RecordedEvent[],
  type: Type,
): EventOf<Type> | undefined {
  return events.findLast((event): event is EventOf<Type> => event.body.type === type);
}
