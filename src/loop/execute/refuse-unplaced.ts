/** Refuses to begin while an older change of the same driver is under way or in doubt, and nobody recorded at which place. */

import { isFailure, placeFact, type Refusal, type StateKind, type StateOf, visibleLine } from '../../kernel/index.ts';
import type { ExecutionParts } from './execution-parts.ts';
import { readManifest } from './read-manifest.ts';

type Asker = Pick<ExecutionParts, 'journal' | 'projections' | 'blobs' | 'hash'>;
type InTheWay = StateOf<'executing' | 'executed' | 'held'>;

const KINDS: readonly StateKind[] = ['executing', 'executed', 'held'];
const PAGE = 1_000;

/**
 * Looks for changes under other target names that were sealed before bundles named their place: one of them may be at this very one.
 *
 * The lock of the target's name finds those under the same name. Commands have no place, and are let through.
 *
 * @returns a refusal that names the first one; `undefined` when none is in the way
 * @throws Failure of the record
 */
export async function refuseUnplaced(parts: Asker, proposal: string): Promise<Refusal | undefined> {
  const { state } = await parts.journal.standing(proposal);
  if (state.kind === 'absent' || state.driver === 'argv') return undefined;
  let beforeSeq: number | undefined;
  for (;;) {
    const page = await parts.projections.proposals({ states: KINDS, beforeSeq, limit: PAGE });
    const last = page.at(-1);
    if (last === undefined) return undefined;
    for (const { state: other } of page) {
      if (!isInTheWay(other) || other.driver !== state.driver || other.target === state.target) continue;
      if (await isUnplaced(parts, other)) return refusal(state.target, other);
    }
    beforeSeq = last.seq;
  }
}

function isInTheWay(state: { readonly kind: StateKind }): state is InTheWay {
  return KINDS.includes(state.kind);
}

// A newer bundle whose place can't be told says so: it is held by its name alone, and its preview said that to people.
async function isUnplaced({ blobs, hash }: Asker, { place, bundleDigest }: InTheWay): Promise<boolean> {
  if (place !== undefined) return false;
  try {
    const { facts } = readManifest(hash, await blobs.get(bundleDigest), bundleDigest);
    return !facts.some(({ name }) => name === placeFact(null).name);
  } catch (thrown) {
    // What can't be read may be at any place.
    if (!isFailure(thrown)) throw thrown;
    return true;
  }
}

function refusal(target: string, other: InTheWay): Refusal {
  const { proposal, kind } = other;
  const isHeld = kind === 'held';
  return {
    kind: 'refused',
    code: isHeld ? 'TARGET_HELD' : 'TARGET_BUSY',
    what: `the target ${target}`,
    where: proposal,
    why: visibleLine(
      `${proposal} ${isHeld ? 'left its target in doubt' : 'is executing or waits for its verdict'} under the target name ${other.target}, and was sealed before places were recorded: it may be the same place`,
    ),
    next: isHeld
      ? `look at the world, then countersign reconcile ${proposal} --note "what you found"`
      : `countersign show ${proposal}`,
  };
}
