/**
 * The shell around the kernel's decisions: load, decide, append, and only then act.
 *
 * Every phase of the loop changes a proposal through here and through nothing else.
 */

import {
  ABSENT,
  type Clock,
  type Command,
  decide,
  type EventBody,
  evolve,
  evolveTarget,
  Failure,
  type Happened,
  type Principal,
  type ProposalState,
  type Refusal,
  type TargetState,
} from '../kernel/index.ts';
import type { EventLog, Projections, RecordedEvent } from './event-log.ts';

/** A proposal and its target as they stand in the record. */
export type Standing = {
  readonly state: ProposalState;
  readonly target: TargetState;
  readonly seenStreamSeq: number;
  readonly seenTargetSeq: number;
};

/** What became of a command. */
export type JournalAnswer =
  | { readonly kind: 'decided'; readonly state: ProposalState; readonly events: readonly RecordedEvent[] }
  | Refusal;

/** What the journal needs. */
export type JournalParts = { readonly log: EventLog; readonly projections: Projections; readonly clock: Clock };

/** Loads, decides and appends. */
export interface Journal {
  /** The proposal as it stands; `absent` when nothing was recorded of it. */
  standing(proposal: string): Promise<Standing>;
  /**
   * Asks for a command and records what follows. Resolves only when that is durable.
   *
   * @throws Failure `CONTENTION` when others kept appending first; nothing was recorded then
   */
  ask(proposal: string, command: Command, actor: Principal): Promise<JournalAnswer>;
}

const MOST_TRIES = 50;

/** Opens a journal over a store. */
export function openJournal(parts: JournalParts): Journal {
  return {
    standing: (proposal) => standing(parts, proposal, undefined),
    ask: (proposal, command, actor) => ask(parts, proposal, command, actor),
  };
}

async function ask(parts: JournalParts, proposal: string, command: Command, actor: Principal): Promise<JournalAnswer> {
  const drafted = command.kind === 'draft' ? command.draft.target : undefined;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const now = await standing(parts, proposal, drafted);
    const atMs = parts.clock.nowMs();
    const decided = decide({ state: now.state, target: now.target, asking: { actor, atMs } }, command);
    if (decided.kind === 'refused') return decided;
    const state = decided.events.reduce(evolve, now.state);
    const answer = await parts.log.append({
      proposal,
      target: targetOf(state),
      seenStreamSeq: now.seenStreamSeq,
      seenTargetSeq: now.seenTargetSeq,
      happened: decided.events.map((body): Happened => ({ actor, atMs, body })),
      state,
      targetState: follow(now.target, proposal, decided.events),
    });
    if (answer.kind === 'appended') return { kind: 'decided', state, events: answer.events };
  }
  throw new Failure('CONTENTION', `others kept changing ${proposal} or its target first`, {
    hint: 'try again; nothing was recorded',
    where: proposal,
  });
}

async function standing(parts: JournalParts, proposal: string, drafted: string | undefined): Promise<Standing> {
  const row = await parts.projections.proposal(proposal);
  const target = await parts.projections.target(row?.target ?? drafted ?? '');
  return {
    state: row?.state ?? ABSENT,
    target: target.state,
    seenStreamSeq: row?.seq ?? 0,
    seenTargetSeq: target.seq,
  };
}

function follow(target: TargetState, proposal: string, events: readonly EventBody[]): TargetState {
  return events.reduce((state, body) => evolveTarget(state, proposal, body), target);
}

function targetOf(state: ProposalState): string {
  return state.kind === 'absent' ? '' : state.target;
}
