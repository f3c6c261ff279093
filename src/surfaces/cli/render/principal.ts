/** Principals for people. */

import { type Principal, visibleLine } from '../../../kernel/index.ts';

/** Names who acted, and for an agent also the person who runs it and its session. */
export function principal(who: Principal): string {
  switch (who.kind) {
    case 'person':
      return visibleLine(who.name);
    case 'agent': {
      const model = who.model === undefined ? '' : ` (${who.model})`;
      const session = who.session === undefined ? '' : `, session ${who.session}`;
      return visibleLine(`agent ${who.name}${model} run by ${who.person}${session}`);
    }
    case 'runner':
    case 'verifier':
      return visibleLine(`${who.kind} ${who.name}`);
    case 'control':
      return 'countersign';
  }
}
