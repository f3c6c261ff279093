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
  joinLocks,
  type Principal,
  type ProposalState,
  placeLock,
  type Refusal,
  type TargetState,
} from '../kernel/index.ts';
import type { EventLog, PlaceStep, Projections, RecordedEvent } from './event-log.ts';

/** A proposal, its target and its place as they stand in the record. */
export type Standing = {
  readonly state: ProposalState;
  /** What is in the way of it, by its target's name or at its place. */
  readonly target: TargetState;
  /** Of those in the way, the ones that stand under another target name at the same place, each with that name. */
  readonly elsewhere: ReadonlyMap<string, string>;
  readonly seenStreamSeq: number;
  readonly seenTargetSeq: number;
  /** The lock of its target's name alone. */
  readonly named: TargetState;
  /** The lock of its place; `undefined` when it has none. */
  readonly place: PlaceStep | undefined;
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
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const now = await standing(parts, proposal, command);
    const { target, elsewhere } = now;
    const atMs = parts.clock.nowMs();
    const decided = decide({ state: now.state, target, elsewhere, asking: { actor, atMs } }, command);
    if (decided.kind === 'refused') return decided;
    const state = decided.events.reduce(evolve, now.state);
    const answer = await parts.log.append({
      proposal,
      target: targetOf(state),
      seenStreamSeq: now.seenStreamSeq,
      seenTargetSeq: now.seenTargetSeq,
      happened: decided.events.map((body): Happened => ({ actor, atMs, body })),
      state,
      targetState: follow(now.named, proposal, decided.events),
      ...(now.place === undefined
        ? {}
        : { place: { ...now.place, state: follow(now.place.state, proposal, decided.events) } }),
    });
    if (answer.kind === 'appended') return { kind: 'decided', state, events: answer.events };
  }
  throw new Failure('CONTENTION', `others kept changing ${proposal}, its target or its place first`, {
    hint: 'try again; nothing was recorded',
    where: proposal,
  });
}

// A first event names its target, and sealing names the place: both locks must have been seen before the event is there.
async function standing(parts: JournalParts, proposal: string, command: Command | undefined): Promise<Standing> {
  const row = await parts.projections.proposal(proposal);
  const state = row?.state ?? ABSENT;
  const name = row?.target ?? (command?.kind === 'draft' ? command.draft.target : '');
  const named = await parts.projections.target(name);
  const isSealing = command?.kind === 'seal' && state.kind === 'drafted';
  const place = await standingPlace(parts, placeLock(isSealing ? command.sealed : state));
  const target = place === undefined ? named.state : joinLocks(named.state, place.state);
  return {
    state,
    target,
    elsewhere: await standingElsewhere(parts, { name, named: named.state, all: target, command }),
    seenStreamSeq: row?.seq ?? 0,
    seenTargetSeq: named.seq,
    named: named.state,
    place,
  };
}

async function standingPlace(parts: JournalParts, lock: string | undefined): Promise<PlaceStep | undefined> {
  if (lock === undefined) return undefined;
  const { seq, state } = await parts.projections.target(lock);
  return { lock, seenSeq: seq, state };
}

type Around = {
  readonly name: string;
  readonly named: TargetState;
  readonly all: TargetState;
  readonly command: Command | undefined;
};

async function standingElsewhere(
  parts: JournalParts,
  { name, named, all, command }: Around,
): Promise<ReadonlyMap<string, string>> {
  const own = new Set(inTheWay(named));
  const doubted = command?.kind === 'claim' ? (command.releases ?? []).map(({ proposal }) => proposal) : [];
  const names = new Map<string, string>();
  for (const proposal of new Set([...inTheWay(all), ...doubted])) {
    const row = own.has(proposal) ? undefined : await parts.projections.proposal(proposal);
    if (row !== undefined && row.target !== name) names.set(proposal, row.target);
  }
  return names;
}

function inTheWay({ busy, held, reconciled = [] }: TargetState): readonly string[] {
  return [...(busy === undefined ? [] : [busy]), ...held, ...reconciled];
}

function follow(target: TargetState, proposal: string, events: readonly EventBody[]): TargetState {
  return events.reduce((state, body) => evolveTarget(state, proposal, body), target);
}

function targetOf(state: ProposalState): string {
  return state.kind === 'absent' ? '' : state.target;
}
