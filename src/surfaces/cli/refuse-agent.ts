/** Refuses an agent's session at the doors that are people's: before anything is read, signed or run (L1). */

import type { Agent, Person, Refusal } from '../../kernel/index.ts';

/** A refusal when an agent asks; `undefined` for a person. */
export function refuseAgent(caller: Person | Agent, what: string, where: string): Refusal | undefined {
  if (caller.kind === 'person') return undefined;
  return {
    kind: 'refused',
    code: 'AGENT_SESSION',
    what,
    where,
    why: `this is a session of the agent ${caller.name}; agents read, propose, comment and withdraw`,
    next: `let ${caller.person} do it at a terminal of their own`,
  };
}
