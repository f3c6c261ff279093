/** A target's one lock: what occupies it, and what holds it back. */

import type { EventBody } from './event.ts';

/** Whether a target may execute anything now. */
export type TargetState = {
  /** The proposal that a runner holds or whose verdict is still missing. */
  readonly busy: string | undefined;
  /** Proposals that wait for a person to reconcile them. */
  readonly held: readonly string[];
  /**
   * Proposals that a person's word released and whose release no runner has found to hold yet; left out when there are none.
   * A runner that starts something on the target says which of them it found to hold.
   */
  readonly reconciled?: readonly string[] | undefined;
};

/** A target that nothing occupies. */
export const FREE_TARGET: TargetState = { busy: undefined, held: [] };

/**
 * Follows a target through the events of all its proposals, in the record's order.
 *
 * @param proposal  the proposal that the event belongs to
 */
export function evolveTarget(target: TargetState, proposal: string, body: EventBody): TargetState {
  switch (body.type) {
    case 'claimed':
      return { ...target, busy: proposal };
    case 'released':
    case 'stale':
      return target.busy === proposal ? { ...target, busy: undefined } : target;
    case 'started':
      return reconcile(target, (released) => released.filter((other) => !body.reconciled?.includes(other)));
    case 'held':
      return {
        ...target,
        busy: target.busy === proposal ? undefined : target.busy,
        held: target.held.includes(proposal) ? target.held : [...target.held, proposal],
      };
    case 'closed': {
      const closed = {
        ...target,
        busy: target.busy === proposal ? undefined : target.busy,
        held: target.held.filter((other) => other !== proposal),
      };
      return body.mark === 'reconciled' ? reconcile(closed, (released) => [...released, proposal]) : closed;
    }
    default:
      return target;
  }
}

/**
 * Joins the lock of a target's name and the lock of its place: what stands in the way of either stands in the way.
 *
 * @returns the name's own occupant first; everything that holds or was released under either, each once
 */
export function joinLocks(name: TargetState, place: TargetState): TargetState {
  const held = [...new Set([...name.held, ...place.held])];
  const reconciled = [...new Set([...(name.reconciled ?? []), ...(place.reconciled ?? [])])];
  const lock = { busy: name.busy ?? place.busy, held };
  return reconciled.length === 0 ? lock : { ...lock, reconciled };
}

function reconcile(target: TargetState, change: (released: readonly string[]) => readonly string[]): TargetState {
  const { reconciled = [], ...lock } = target;
  const changed = change(reconciled);
  return changed.length === 0 ? lock : { ...lock, reconciled: changed };
}
