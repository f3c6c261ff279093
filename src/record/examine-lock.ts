/**
 * Examines what a target's lock rests on: a claim of a target that was not free, a close or a hold that nothing settled.
 *
 * The events of a hold and of a release are signed by nobody: what must be true of them is what stands before them.
 */

import { type EventBody, type EventType, type ProposalState, settle, type TargetState } from '../kernel/index.ts';

/** Where a proposal and its target stood before an event. `type` is the proposal's newest event; `undefined` when it has none. */
export type LockBefore = {
  readonly state: ProposalState;
  readonly type: EventType | undefined;
  readonly target: TargetState;
};

/** Says why an event that takes, holds or releases a target could not have happened; `undefined` when it could. */
export function lockTrouble(before: LockBefore, body: EventBody): string | undefined {
  if (body.type === 'claimed') return claimTrouble(before.target, recoveredBy(before.state));
  if (body.type === 'closed') return settlementTrouble(before, body.mark);
  return body.type === 'held' ? settlementTrouble(before, 'held') : undefined;
}

/** Says why a target, or a place, could not be claimed; `undefined` when it could. @param recovers what the claimed proposal recovers */
export function claimTrouble({ busy, held }: TargetState, recovers: string | undefined): string | undefined {
  if (busy !== undefined) return `its target was claimed while ${busy} was executing or waited for its verdict`;
  const [blocking] = held;
  if (blocking === undefined || held.some((proposal) => proposal === recovers)) return undefined;
  return `its target was claimed while ${blocking} held it`;
}

function recoveredBy(state: ProposalState): string | undefined {
  return 'recovers' in state ? state.recovers : undefined;
}

function settlementTrouble({ state, type }: LockBefore, ending: ReturnType<typeof settle>): string | undefined {
  const isReleased = state.kind === 'held' || state.kind === 'executed';
  if (isReleased && type === 'reconciled' && ending === 'reconciled') return undefined;
  const verdict = state.kind === 'executed' && type === 'verified' ? state.verdicts.at(-1)?.verdict : undefined;
  if (state.kind === 'executed' && verdict !== undefined && settle(state.outcome.kind, verdict) === ending) {
    return undefined;
  }
  const what = ending === 'held' ? 'held its target' : `was closed as ${ending}`;
  return `it ${what}, and neither a verdict nor a person says so right before`;
}
