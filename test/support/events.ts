/** Small, true-to-life events for tests of the record: real states through the kernel's own decisions. */

import {
  ABSENT,
  type EventBody,
  evolve,
  evolveTarget,
  FREE_TARGET,
  type Happened,
  type Person,
  type ProposalState,
  type TargetState,
} from '../../src/kernel/index.ts';
import type { AppendBatch, EventLog, Projections, RecordedEvent } from '../../src/record/index.ts';

export const ANN: Person = { kind: 'person', name: 'ann' };

/** A draft of a proposal. */
export function drafted(proposal: string, target = 'shop'): EventBody {
  return {
    type: 'drafted',
    proposal,
    target,
    driver: 'argv',
    intent: `change ${target}`,
    proposer: ANN,
    draftDigest: 'a'.repeat(64),
  };
}

export function commented(text: string): EventBody {
  return { type: 'commented', text };
}

export function happened(body: EventBody, atMs = 1_700_000_000_000): Happened {
  return { actor: ANN, atMs, body };
}

/** Builds batches that follow each other in one proposal, as the journal would. */
export type Following = {
  readonly next: (...bodies: readonly EventBody[]) => AppendBatch;
  readonly appended: (events: readonly RecordedEvent[]) => void;
};

/** Follows one proposal on a target that nobody else uses. */
export function following(proposal: string, target = `target-of-${proposal}`): Following {
  let seen = 0;
  let state: ProposalState = ABSENT;
  let targetState: TargetState = FREE_TARGET;
  let planned: { state: ProposalState; targetState: TargetState } = { state, targetState };
  return {
    next: (...bodies) => {
      planned = {
        state: bodies.reduce(evolve, state),
        targetState: bodies.reduce((before, body) => evolveTarget(before, proposal, body), targetState),
      };
      return {
        proposal,
        target,
        seenStreamSeq: seen,
        seenTargetSeq: seen,
        happened: bodies.map((body) => happened(body)),
        ...planned,
      };
    },
    appended: (events) => {
      seen = events.at(-1)?.seq ?? seen;
      ({ state, targetState } = planned);
    },
  };
}

/** Appends one proposal with some comments to a store; its target is its own. */
export async function appendProposal(log: EventLog, proposal: string, comments: readonly string[] = []): Promise<void> {
  const own = following(proposal);
  for (const body of [drafted(proposal, `target-of-${proposal}`), ...comments.map(commented)]) {
    const answer = await log.append(own.next(body));
    if (answer.kind === 'conflict') throw new TypeError(`a conflict in ${proposal}`);
    own.appended(answer.events);
  }
}

/** Reads the whole log. */
export async function everything(log: EventLog): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (;;) {
    const page = await log.read({ afterSeq: events.length, limit: 1_000 });
    events.push(...page);
    if (page.length < 1_000) return events;
  }
}

export type LogUnderTest = { readonly log: EventLog; readonly projections: Projections };
