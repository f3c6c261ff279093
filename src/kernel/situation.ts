/** What a decision rests on, and the two forms of its answer. Shared by the decisions of this folder. */

import type { Asking, Command, CommandKind } from './command.ts';
import type { EventBody } from './event.ts';
import type { Principal } from './principal.ts';
import type { ProposalState } from './proposal.ts';
import type { Refusal, RefusalCode } from './refusal.ts';
import type { TargetState } from './target.ts';

/** The answer to a command. */
export type Decided = { readonly kind: 'decided'; readonly events: readonly EventBody[] } | Refusal;

/** Everything that a decision rests on. */
export type Situation = {
  readonly state: ProposalState;
  /** What is in the way on its target and at its place. */
  readonly target: TargetState;
  /** Of those in the way, the ones that stand under another target name at the same place, each with that name. */
  readonly elsewhere?: ReadonlyMap<string, string> | undefined;
  readonly asking: Asking;
};

/** One command, by its name. */
export type CommandOf<Kind extends CommandKind> = Extract<Command, { readonly kind: Kind }>;

/** Answers with events, in the order in which they happened. */
export function decided(...events: readonly EventBody[]): Decided {
  return { kind: 'decided', events };
}

/** Names a principal for people. */
export function nameOf(principal: Principal): string {
  return `${principal.kind === 'person' ? '' : `${principal.kind} `}${principal.name}`;
}

/** What was refused, why, and what to do next (L13). */
type Words = { readonly what: string; readonly why: string; readonly next: string };

/** Answers with a refusal that stands at the proposal. */
export function refuse(situation: Situation, code: RefusalCode, { what, why, next }: Words): Refusal {
  const where = situation.state.kind === 'absent' ? 'a new proposal' : situation.state.proposal;
  return { kind: 'refused', code, what, where, why, next };
}

/** Refuses a verifier that bears the name of the runner: nobody looks at their own work (L2). */
export function refuseExecutor(situation: Situation, what: string, runner: string): Refusal | undefined {
  const { actor } = situation.asking;
  if (actor.name !== runner) return undefined;
  const why = `${actor.name} is the runner that executes it`;
  return refuse(situation, 'OWN_WORK', { what, why, next: 'let another verifier look' });
}
