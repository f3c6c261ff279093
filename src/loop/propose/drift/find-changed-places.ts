/** Finds every place that Terraform changed, each with the change that was executed there last. */

import { Failure, type StateOf, visibleLine } from '../../../kernel/index.ts';
import { allRows } from '../find-drafts.ts';
import type { ProposeParts } from '../propose-parts.ts';

/** A change that began; whether it is over, the state says. */
export type BegunState = StateOf<'executing' | 'executed' | 'held' | 'closed'>;

/** A place with its last change, and where the record says that it was executed; beyond every entry while it runs. */
export type ChangedPlace = { readonly last: BegunState; readonly executedSeq: number };

const BEGUN = ['executing', 'executed', 'held', 'closed'] as const;

/**
 * Finds the places, by name of their target.
 *
 * What ended without any effect counts for nothing: the world is as the change before it left it.
 *
 * @param target  only places that were ever changed under this name; all when left out
 * @throws Failure `NOT_FOUND` for a name that no proposal was ever made for: a mistyped one must not look like a clean world
 */
export async function findChangedPlaces(
  parts: Pick<ProposeParts, 'projections' | 'log'>,
  target: string | undefined,
): Promise<readonly ChangedPlace[]> {
  await refuseUnknown(parts, target);
  const places = new Map<string, ChangedPlace & { readonly names: ReadonlySet<string> }>();
  for (const { state } of await allRows(parts, undefined, BEGUN)) {
    if (!isBegun(state) || state.driver !== 'terraform') continue;
    if (state.kind === 'closed' && state.mark === 'no-effect') continue;
    const key = state.place ?? `target ${state.target}`;
    const known = places.get(key);
    const names = new Set([...(known?.names ?? []), state.target]);
    const executedSeq = await executedAt(parts, state);
    const isLater = known === undefined || executedSeq > known.executedSeq;
    places.set(key, isLater ? { last: state, executedSeq, names } : { ...known, names });
  }
  return [...places.values()]
    .filter(({ names }) => target === undefined || names.has(target))
    .map(({ last, executedSeq }) => ({ last, executedSeq }))
    .sort((left, right) => (left.last.target < right.last.target ? -1 : 1));
}

function isBegun(state: { readonly kind: string }): state is BegunState {
  return BEGUN.some((kind) => kind === state.kind);
}

// The record has the order, whatever any clock says.
async function executedAt({ log }: Pick<ProposeParts, 'log'>, { proposal }: BegunState): Promise<number> {
  const [event] = await log.read({ stream: `proposal:${proposal}`, types: ['executed'], afterSeq: 0, limit: 1 });
  return event?.seq ?? Number.MAX_SAFE_INTEGER;
}

async function refuseUnknown(
  { projections }: Pick<ProposeParts, 'projections'>,
  target: string | undefined,
): Promise<void> {
  if (target === undefined || (await projections.proposals({ target, limit: 1 })).length > 0) return;
  throw new Failure('NOT_FOUND', `nothing was ever proposed for a target ${visibleLine(target)}`, {
    hint: 'countersign list shows the names of targets',
    where: visibleLine(target),
  });
}
