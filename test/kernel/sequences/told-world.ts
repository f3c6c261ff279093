/** A world of several proposals on several targets, told as the journal would tell it: load, decide, append. */

import {
  ABSENT,
  type AccountsOf,
  type Command,
  decide,
  type EventBody,
  evolve,
  evolveTarget,
  FREE_TARGET,
  joinLocks,
  type Principal,
  type ProposalState,
  placeLock,
  type Refusal,
  type ReleaseFinding,
  type TargetState,
} from '../../../src/kernel/index.ts';

/** One entry of the log: what happened, by whom, when, and by which accounts the decision was made. */
export type Entry = {
  readonly proposal: string;
  readonly target: string;
  readonly actor: Principal;
  readonly atMs: number;
  readonly body: EventBody;
  readonly accountsOf: AccountsOf;
  /** What the runner found of the releases of its target, when it claimed. */
  readonly releases: readonly ReleaseFinding[];
};

/** A world that remembers everything that was decided. */
export class ToldWorld {
  readonly log: Entry[] = [];
  readonly refusals: { readonly command: Command; readonly refusal: Refusal }[] = [];
  readonly visited: Set<string> = new Set(['absent']);
  readonly #states = new Map<string, ProposalState>();
  readonly #targets = new Map<string, TargetState>();

  state(proposal: string): ProposalState {
    return this.#states.get(proposal) ?? ABSENT;
  }

  target(name: string): TargetState {
    return this.#targets.get(name) ?? FREE_TARGET;
  }

  /** What is in the way of a proposal: by its target's name, and at its place once it is sealed for one. */
  lock(proposal: string, target: string): TargetState {
    const place = placeLock(this.state(proposal));
    return place === undefined ? this.target(target) : joinLocks(this.target(target), this.target(place));
  }

  /** Asks for a command; appends what was decided, or remembers the refusal. */
  ask(proposal: string, target: string, command: Command, actor: Principal, atMs: number): boolean {
    const state = this.state(proposal);
    const decided = decide({ state, target: this.lock(proposal, target), asking: { actor, atMs } }, command);
    if (decided.kind === 'refused') {
      this.refusals.push({ command, refusal: decided });
      return false;
    }
    const accountsOf = 'accountsOf' in command ? command.accountsOf : {};
    const releases = command.kind === 'claim' ? (command.releases ?? []) : [];
    for (const body of decided.events) this.log.push({ proposal, target, actor, atMs, body, accountsOf, releases });
    const after = decided.events.reduce(evolve, state);
    this.#states.set(proposal, after);
    this.visited.add(after.kind);
    const follow = (now: TargetState, body: EventBody): TargetState => evolveTarget(now, proposal, body);
    for (const name of new Set([target, placeLock(after) ?? target])) {
      this.#targets.set(name, decided.events.reduce(follow, this.target(name)));
    }
    return true;
  }
}
