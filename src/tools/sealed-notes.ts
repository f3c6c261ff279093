/** Notes of a preview on what would run and with which environment: a signature over the preview then covers them (L3). */

import { type ToolIdentity, visibleLine } from '../kernel/index.ts';

/** Names the program that would run, with its whole digest. */
export function programNote(tool: Pick<ToolIdentity, 'path' | 'digest'>): string {
  return `program ${visibleLine(tool.path)} (sha256 ${visibleLine(tool.digest)})`;
}

/** An environment as a bundle has it: by name and value, and by name alone where the value is secret. */
export type SealedEnvironment = {
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly secretVariables: readonly string[];
};

/**
 * Lists every variable, sorted by name: clear ones with their values, then secret ones as `(sensitive)`. A value that is among the
 * clear ones and named as secret is not shown, so planner and runner say the same of it. Texts stand as they are: the caller masks
 * them and makes them visible, in this order, because a secret with a line break would not be found afterwards.
 */
export function environmentNotes(environment: SealedEnvironment): readonly string[] {
  const secret = [...environment.secretVariables].sort();
  const clear = Object.entries(environment.environmentVariables)
    .filter(([name]) => !secret.includes(name))
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return [
    ...clear.map(([name, value]) => `environment ${name}=${value}`),
    ...secret.map((name) => `environment ${name}=(sensitive)`),
  ];
}
