/** What proposals and targets amount to, folded by the process that relies on it; the store's summaries must say the same. */

import {
  ABSENT,
  canonicalJson,
  Failure,
  FREE_TARGET,
  type Json,
  type ProposalState,
  type TargetState,
} from '../kernel/index.ts';
import type { Projections, ProposalRow } from './event-log.ts';
import { NO_EVENTS } from './examine-meaning.ts';
import { oddSummary } from './examine-projections.ts';
import { brokenRecord, type FollowParts, followRecord } from './follow-record.ts';
import { isStateText } from './is-state-text.ts';

/** What own projections need. `projections` are the store's, which whoever may write the record may have edited. */
export type OwnProjectionParts = FollowParts & { readonly projections: Projections };

/** Projections of one's own. */
export type OwnProjections = {
  /** Proposals and targets as folded here. Lists come from the store: they say what there may be, and nothing more. */
  readonly projections: Projections;
  /** Folds what is new. @throws Failure `RECORD_BROKEN`, `RECORD_ROLLED_BACK`, `STORE_UNREADABLE`, `LEDGER_WRITE_FAILED` */
  readonly follow: () => Promise<void>;
};

/**
 * Reads proposals and targets by folding their entries, and compares them with the store's summaries.
 *
 * @returns projections whose `proposal` and `target` throw Failure `RECORD_BROKEN` where a summary says anything else, and
 * `CONTENTION` where others kept appending meanwhile
 */
export function ownProjections(parts: OwnProjectionParts): OwnProjections {
  return {
    projections: {
      proposal: (id) => readProposal(parts, id),
      proposals: (query) => parts.projections.proposals(query),
      target: (name) => readTarget(parts, name),
    },
    follow: () => followRecord(parts),
  };
}

/** A summary and a fold of the same thing. */
type Sum<State> = { readonly seq: number; readonly state: State };

async function readProposal(parts: OwnProjectionParts, id: string): Promise<ProposalRow | undefined> {
  let row: ProposalRow | undefined;
  const fold = await confirmed<ProposalState>(parts, 'proposal', id, {
    summary: async () => {
      row = await parts.projections.proposal(id);
      return row ?? { seq: 0, state: ABSENT };
    },
    folded: async () => {
      const { streams } = await parts.memory.recall({ streams: [`proposal:${id}`], targets: [] });
      return streams[0] ?? NO_EVENTS;
    },
  });
  if (row === undefined) return undefined;
  const { state, seq } = fold;
  const target = state.kind === 'absent' ? row.target : state.target;
  if (target !== row.target) throw brokenRecord(oddSummary('proposal', id, seq));
  return { ...row, state, seq };
}

async function readTarget(parts: OwnProjectionParts, name: string): Promise<Sum<TargetState>> {
  const { seq, state } = await confirmed<TargetState>(parts, 'target', name, {
    summary: () => parts.projections.target(name),
    folded: async () => {
      const { targets } = await parts.memory.recall({ streams: [], targets: [name] });
      return targets[0] ?? { seq: 0, state: FREE_TARGET };
    },
  });
  return { seq, state };
}

const MOST_TRIES = 50;

/**
 * A summary that rests on an entry that is not there, or not on the newest one, is a lie; unless the record grew between two
 * looks: then both are looked at again.
 */
async function confirmed<State extends ProposalState | TargetState>(
  parts: OwnProjectionParts,
  what: 'proposal' | 'target',
  name: string,
  read: { readonly summary: () => Promise<Sum<State>>; readonly folded: () => Promise<Sum<State>> },
): Promise<Sum<State>> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const summary = await read.summary();
    await followRecord(parts);
    const folded = await read.folded();
    const isBehind = summary.seq < folded.seq && (await read.summary()).seq >= folded.seq;
    if (isBehind) continue;
    if (summary.seq === folded.seq && saysTheSame(summary.state, folded.state)) return folded;
    throw brokenRecord(oddSummary(what, name, folded.seq));
  }
  throw new Failure('CONTENTION', `others kept changing ${name} while it was read`, {
    hint: 'try again; nothing was recorded',
    where: name,
  });
}

function saysTheSame(summary: ProposalState | TargetState, folded: ProposalState | TargetState): boolean {
  // A summary was read from JSON, whatever its type promises: it is written back to be compared by meaning.
  return isStateText(canonicalJson(summary as unknown as Json), folded);
}
