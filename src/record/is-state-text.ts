/** Compares a stored state with a folded one by meaning; writing every state anew would cost more than all the rest of a verification. */

import type { ProposalState, TargetState } from '../kernel/index.ts';

/** Whether a JSON text says exactly what a state is. Members that are `undefined` are not written, and so not expected. */
export function isStateText(text: string, state: ProposalState | TargetState): boolean {
  try {
    return isSame(JSON.parse(text), state);
  } catch {
    // What is no JSON says nothing: the caller reports the row.
    return false;
  }
}

function isSame(read: unknown, expected: unknown): boolean {
  if (read === expected) return true;
  if (!isStructure(read) || !isStructure(expected) || Array.isArray(read) !== Array.isArray(expected)) return false;
  let members = 0;
  for (const name of Object.keys(expected)) {
    const member = expected[name];
    if (member === undefined) continue;
    members += 1;
    if (!Object.hasOwn(read, name) || !isSame(read[name], member)) return false;
  }
  return members === Object.keys(read).length;
}

function isStructure(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
