/** Lives of proposals at a place, under whatever target name, asked of a real journal. */

import type { CheckAnswer, Command, Principal } from '../../src/kernel/index.ts';
import type { Journal, JournalAnswer } from '../../src/record/index.ts';
import { approval, BEN, commandsOf, observation, sha } from '../kernel/examples.ts';

/** A place that all of them mean, unless they say another. */
export const PLACE: string = sha('9');

/** A proposal at a place. */
export type Placed = {
  readonly proposal: string;
  readonly target: string;
  /** `null`: none that anybody can tell. */
  readonly place?: string | null;
  readonly recovers?: string;
  /** What its check says afterwards; `red` holds. */
  readonly after?: CheckAnswer;
};

/** The commands of its life, in order. */
function placedCommands(placed: Placed): readonly (readonly [Command, Principal])[] {
  const { proposal, target, recovers, after = 'green', place = PLACE } = placed;
  const life = {
    approvals: [approval(BEN, { proposal, target })],
    after: [observation(after, 'b')],
    ...(recovers === undefined ? {} : { recovers }),
  };
  return commandsOf(life).map(([command, actor]) => {
    if (command.kind === 'draft') return [{ ...command, draft: { ...command.draft, proposal, target } }, actor];
    if (command.kind !== 'seal' || place === null) return [command, actor];
    return [{ ...command, sealed: { ...command.sealed, place } }, actor];
  });
}

/**
 * Asks for everything up to a command, that one left out.
 *
 * @returns the answer to the last one that was asked, which is the first refusal where there is one
 */
export async function liveAt(
  journal: Journal,
  placed: Placed,
  from: Command['kind'] | 'draft' = 'draft',
  until: Command['kind'] | 'end' = 'end',
): Promise<JournalAnswer> {
  const commands = placedCommands(placed);
  const kinds = commands.map(([{ kind }]) => kind);
  const end = until === 'end' ? commands.length : kinds.indexOf(until);
  let last: JournalAnswer | undefined;
  for (const [command, actor] of commands.slice(kinds.indexOf(from), end)) {
    last = await journal.ask(placed.proposal, command, actor);
    if (last.kind === 'refused') return last;
  }
  if (last === undefined) throw new TypeError('nothing was asked');
  return last;
}
