/**
 * Who typed the command: a person, or a coding agent in that person's session.
 *
 * On one laptop this is advice, not proof: an agent with a shell can clear its environment. What can't be cleared is the
 * signature that an approval needs, and, where installed so, the other user that owns the runner's keys.
 */

import { userInfo } from 'node:os';
import type { Agent, Person } from '../../kernel/index.ts';
import type { EnvironmentVariables } from '../homes/read-homes.ts';

/** Marks that coding agents leave in the environment of the commands that they run. */
const AGENT_MARKS: readonly (readonly [variable: string, agent: string])[] = [
  ['CLAUDECODE', 'claude-code'],
  ['CURSOR_AGENT', 'cursor'],
  ['CODEX_SANDBOX', 'codex'],
  ['GEMINI_CLI', 'gemini-cli'],
  ['OPENCODE', 'opencode'],
];

/**
 * Tells who asks, from the operating-system account and the marks of coding agents.
 *
 * `COUNTERSIGN_AGENT` names an agent outright; `COUNTERSIGN_SESSION` and `COUNTERSIGN_MODEL` link its session and model.
 */
export function readCaller(environment: EnvironmentVariables): Person | Agent {
  const account = accountName();
  const named = environment['COUNTERSIGN_AGENT'];
  const marked = AGENT_MARKS.find(([variable]) => isSet(environment[variable]))?.[1];
  const name = isSet(named) ? named : marked;
  if (name === undefined) return { kind: 'person', name: account };
  return {
    kind: 'agent',
    name,
    person: account,
    model: environment['COUNTERSIGN_MODEL'],
    session: environment['COUNTERSIGN_SESSION'] ?? environment['CLAUDE_CODE_SESSION_ID'],
  };
}

/** The operating-system account of this process, by name, or by number where it has none. */
export function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // An account without an entry in the password database (containers) still has its number.
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}
