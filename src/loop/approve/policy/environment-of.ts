/** Which environment a change is for. It follows from facts; a label can only tighten; unknown means production (L15). */

import type { Environment, Fact } from '../../../kernel/index.ts';
import type { EnvironmentRule } from '../trust/trust.ts';
import { findMisfit } from './fact-pattern.ts';

/** A label that somebody wrote, and where. */
export type EnvironmentLabel = { readonly environment: Environment; readonly where: string };

const STRICTNESS: Readonly<Record<Environment, number>> = { sandbox: 0, staging: 1, production: 2 };

/**
 * Works out the environment: the strictest that the facts match, production where they match none, then tightened by labels.
 *
 * @returns the environment, and a note for people wherever a label asked for less or the facts said nothing
 */
export function environmentOf(
  rules: readonly EnvironmentRule[],
  labels: readonly EnvironmentLabel[],
  facts: readonly Fact[],
): { readonly environment: Environment; readonly notes: readonly string[] } {
  const matching = rules.filter((rule) => rule.patterns.length > 0 && findMisfit(rule.patterns, facts) === undefined);
  const fromFacts = strictest(matching.map((rule) => rule.environment));
  const base = fromFacts ?? 'production';
  const notes =
    fromFacts === undefined ? ['no environment of the trust file matches these facts: this counts as production'] : [];
  const looser = labels.filter((label) => STRICTNESS[label.environment] < STRICTNESS[base]);
  const ignored = looser.map(
    (label) =>
      `the label "${label.environment}" at ${label.where} is ignored: the facts say ${base}, and a label can only tighten`,
  );
  const environment = strictest([base, ...labels.map((label) => label.environment)]) ?? base;
  return { environment, notes: [...notes, ...ignored] };
}

function strictest(environments: readonly Environment[]): Environment | undefined {
  return [...environments].sort((left, right) => STRICTNESS[right] - STRICTNESS[left])[0];
}
