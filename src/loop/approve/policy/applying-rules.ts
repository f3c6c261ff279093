/** The rules that apply to a change, and how each of them is named: by its name, its line and what it demands. */

import type { RuleRef } from '../../../kernel/index.ts';
import type { FullDemand, PolicyRule } from '../trust/trust.ts';
import type { ConditionAnswer, ConditionFacts } from './condition.ts';
import type { PolicySource } from './policy-source.ts';
import { demandSentence, tighten } from './strictest.ts';

/** A rule that applies, and how sure that is. */
export type Applying = { readonly rule: PolicyRule; readonly answer: ConditionAnswer };

/** Finds the rules that apply. A condition that can't be answered counts as met: a demand is made, a refusal stands. */
export function applyingRules(rules: readonly PolicyRule[], facts: ConditionFacts): readonly Applying[] {
  return rules
    .map((rule): Applying => ({ rule, answer: rule.when?.answer(facts) ?? { kind: 'yes' } }))
    .filter(({ answer }) => answer.kind !== 'no');
}

/** Combines the defaults with every demand that applies. */
export function strictestOf(source: PolicySource, applying: readonly Applying[]): FullDemand {
  return applying.reduce(
    (base, { rule }) => (rule.effect.kind === 'demand' ? tighten(base, rule.effect.demand) : base),
    source.trust.defaults,
  );
}

/** Names the defaults, wherever they stand. */
export function defaultsRef({ trust }: PolicySource, said: string = demandSentence(trust.defaults)): RuleRef {
  return { rule: 'defaults', where: trust.defaultsWhere, demand: said };
}

/** Names a rule, with its own words where nothing else is said; a condition that could not be answered is never kept quiet. */
export function refOf({ rule, answer }: Applying, said: string = ownWords(rule)): RuleRef {
  const doubt =
    answer.kind === 'unknown' ? ` (its condition could not be answered, so it counts as met: ${answer.why})` : '';
  return { rule: rule.name, where: rule.where, demand: `${said}${doubt}` };
}

function ownWords({ effect }: PolicyRule): string {
  return effect.kind === 'demand' ? demandSentence(effect.demand) : effect.sentence;
}
